import Foundation

/// The size of a file in bytes; 0 where there is none.
func fileSize(_ path: String) -> Int {
    ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int) ?? 0
}

/// Removes a file if it is there.
func removeFile(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
