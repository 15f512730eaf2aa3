/// Where a table's bytes come from: each call gives the next ones, nil at the end. Chunks may be of any size.
public typealias ByteSource = () throws -> [UInt8]?
