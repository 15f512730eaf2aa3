internal import DICOM
internal import Glibc

/// From stored values to gray as it is shown: Modality LUT, then VOI LUT (PS3.3 §C.11.1, §C.11.2).
struct GrayScale {
    private enum Step {
        case window(Window)
        case table(LookUpTable)
    }

    private let modality: Modality
    private let step: Step

    /// The object's first window; of one that has none, its first VOI LUT; of one that has neither, from the least to the greatest value.
    init(_ dataSet: DataSet, of values: StoredValues) {
        modality = Modality(dataSet)
        let lowest = modality.value(of: values.min() ?? 0)
        if let window = Window(dataSet) {
            step = .window(window)
        } else if let table = LookUpTable(dataSet, .voiLUTSequence, canBeNegative: lowest < 0 || modality.value(of: values.max() ?? 0) < 0) {
            step = .table(table)
        } else {
            step = .window(modality.window(of: values))
        }
    }

    func gray(of stored: Int) -> UInt8 {
        let value = modality.value(of: stored)
        let share = switch step {
        case .window(let window): window.share(of: value)
        case .table(let table): table.value(near: value) / table.maximum
        }
        return UInt8(min(255, max(0, (share * 255).rounded())))
    }
}

/// What stored values stand for: by a table, or by slope and intercept.
struct Modality {
    private let table: LookUpTable?
    private let slope: Double
    private let intercept: Double

    init(_ dataSet: DataSet) {
        table = LookUpTable(dataSet, .modalityLUTSequence, canBeNegative: dataSet.integer(.pixelRepresentation) == 1)
        slope = dataSet.firstNumber(.rescaleSlope) ?? 1
        intercept = dataSet.firstNumber(.rescaleIntercept) ?? 0
    }

    func value(of stored: Int) -> Double {
        table?.value(of: stored) ?? Double(stored) * slope + intercept
    }

    /// The window in which each of these values is seen.
    func window(of values: StoredValues) -> Window {
        var (least, greatest) = (Double.infinity, -Double.infinity)
        for stored in values {
            let value = value(of: stored)
            least = min(least, value)
            greatest = max(greatest, value)
        }
        guard least <= greatest else { return Window(centre: 0, width: 1) }
        return Window(centre: (least + greatest + 1) / 2, width: greatest - least + 1)
    }
}

/// Window Center and Width (PS3.3 §C.11.2.1.2, §C.11.2.1.3).
struct Window {
    private enum Function: String {
        case linear = "LINEAR"
        case linearExact = "LINEAR_EXACT"
        case sigmoid = "SIGMOID"
    }

    private let centre: Double
    private let width: Double
    private let function: Function

    init(centre: Double, width: Double) {
        (self.centre, self.width, function) = (centre, width, .linear)
    }

    /// `nil` if the object has none that can be applied.
    init?(_ dataSet: DataSet) {
        guard let centre = dataSet.firstNumber(.windowCenter), let width = dataSet.firstNumber(.windowWidth) else { return nil }
        let function = dataSet.string(.voiLUTFunction).flatMap(Function.init) ?? .linear
        guard function == .linear ? width >= 1 : width > 0 else { return nil }
        (self.centre, self.width, self.function) = (centre, width, function)
    }

    /// Where a value lies between black, 0, and white, 1; beyond them outside of the window.
    func share(of value: Double) -> Double {
        switch function {
        case .linear: width > 1 ? (value - (centre - 0.5)) / (width - 1) + 0.5 : value > centre - 0.5 ? 1 : 0
        case .linearExact: (value - centre) / width + 0.5
        case .sigmoid: 1 / (1 + exp(-4 * (value - centre) / width))
        }
    }
}

/// A table of Modality LUT Sequence or VOI LUT Sequence (PS3.3 §C.11.1.1, §C.11.2.1.1).
struct LookUpTable {
    /// The greatest value that its entries may have.
    let maximum: Double
    private let first: Int
    private let entries: [Double]

    /// The table of the sequence's first item; `nil` if there is none, or it is damaged.
    init?(_ dataSet: DataSet, _ sequence: Tag, canBeNegative: Bool) {
        guard let item = try? dataSet.items(sequence).first, let descriptor = item[.lutDescriptor],
            let numbers = descriptor.value.map(Array.init), numbers.count >= 6, let data = item[.lutData]?.value.map(Array.init)
        else { return nil }
        let number = { (place: Int) in Int(numbers[place]) | Int(numbers[place + 1]) << 8 }
        let count = number(0) == 0 ? 1 << 16 : number(0)
        let bits = number(4)
        guard (8...16).contains(bits) else { return nil }
        // Implicit transfer syntaxes do not say whether the first value is a signed one.
        first = descriptor.vr == .SS || canBeNegative ? Int(Int16(truncatingIfNeeded: number(2))) : number(2)
        maximum = Double(1 << bits - 1)
        // Entries of 8 bits take a byte each, or a word as those of 16 do.
        guard data.count >= 2 * count else {
            entries = data.prefix(count).map { Double($0) }
            if entries.isEmpty { return nil }
            return
        }
        entries = (0..<count).map { (place: Int) -> Double in
            let word = UInt16(data[2 * place]) | UInt16(data[2 * place + 1]) << 8
            return Double(word)
        }
    }

    /// Values beyond the table are those at its ends.
    func value(of input: Int) -> Double { entries[min(entries.count - 1, max(0, input - first))] }

    /// The same for the whole number that is nearest.
    func value(near input: Double) -> Double { value(of: Int(min(Self.farthest, max(-Self.farthest, input.rounded())))) }

    /// Beyond every table, and a number of every type.
    private static let farthest = Double(Int32.max)
}

extension DataSet {
    /// The first value of a decimal string; `nil` for what is no number.
    fileprivate func firstNumber(_ tag: Tag) -> Double? {
        let number = strings(tag).first.flatMap { Double($0.filter { $0 != " " }) }
        return number.flatMap { $0.isFinite ? $0 : nil }
    }
}

extension Tag {
    static let windowCenter = Tag(0x0028, 0x1050)
    static let windowWidth = Tag(0x0028, 0x1051)
    static let rescaleIntercept = Tag(0x0028, 0x1052)
    static let rescaleSlope = Tag(0x0028, 0x1053)
    static let voiLUTFunction = Tag(0x0028, 0x1056)
    static let modalityLUTSequence = Tag(0x0028, 0x3000)
    static let lutDescriptor = Tag(0x0028, 0x3002)
    static let lutData = Tag(0x0028, 0x3006)
    static let voiLUTSequence = Tag(0x0028, 0x3010)
}
