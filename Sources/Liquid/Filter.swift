/// A filter: its name, how many arguments it takes, and what it does.
///
/// Filters are plain functions of their input. New ones are added to the lists in `Filters+….swift`.
struct Filter: Sendable {
    struct Arguments: Sendable {
        var positional: [Value] = []
        var named: [String: Value] = [:]

        /// The argument at that place, null where there is none.
        subscript(_ index: Int) -> Value { index < positional.count ? positional[index] : .null }

        var weight: Int { positional.reduce(0) { $0 + $1.weight } }

        /// The text of an argument, or what stands for it when it isn't given.
        func text(_ index: Int, default standard: String = "") throws(Fault) -> String {
            index < positional.count ? try positional[index].text() : standard
        }

        func wholeNumber(_ index: Int, default standard: Int) throws(Fault) -> Int {
            index < positional.count ? try positional[index].wholeNumber() : standard
        }
    }

    typealias Function = @Sendable (Value, Arguments) throws(Fault) -> Value

    let name: String
    /// How many positional arguments it takes.
    let arguments: ClosedRange<Int>
    /// The names of its options: `allow_false: true`.
    let options: Set<String>
    let apply: Function

    init(_ name: String, _ arguments: ClosedRange<Int>, options: Set<String> = [], apply: @escaping Function)
    {
        self.name = name
        self.arguments = arguments
        self.options = options
        self.apply = apply
    }

    /// By name.
    static let all: [String: Filter] = Dictionary(
        (texts + markup + numbers + lists + dates).map { ($0.name, $0) },
        uniquingKeysWith: { first, _ in first })
}

/// Errors about the use of filters, found when a template is compiled.
extension Filter {
    static func unknown(_ name: String, at location: Location) -> TemplateError {
        let near = all.keys.map { (name: $0, distance: distance($0, name)) }
            .filter { $0.distance <= max(1, name.utf8.count / 3) || $0.name.hasPrefix(name) }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .prefix(3).map { "`\($0.name)`" }
        let remedy =
            near.isEmpty
            ? "supported filters: \(all.keys.sorted().joined(separator: ", "))"
            : "did you mean \(near.joined(separator: " or "))?"
        return TemplateError(location, "unknown filter `\(name.prefix(40))`", remedy: remedy)
    }

    func wrongCount(_ count: Int, at location: Location) -> TemplateError {
        let allowed =
            arguments.count == 1
            ? "\(arguments.lowerBound)" : "\(arguments.lowerBound) to \(arguments.upperBound)"
        let remedy =
            arguments.upperBound == 0
            ? "write `| \(name)` without `:`" : "write `| \(name): argument`, with commas between arguments"
        return TemplateError(
            location, "filter `\(name)` takes \(allowed) argument\(allowed == "1" ? "" : "s"), not \(count)",
            remedy: remedy)
    }

    func unknownOption(_ option: String, at location: Location) -> TemplateError {
        let known = options.sorted().map { "`\($0)`" }.joined(separator: ", ")
        return TemplateError(
            location, "filter `\(name)` has no option `\(option.prefix(40))`",
            remedy: options.isEmpty ? "it has none" : "it has \(known)")
    }

    /// How many letters have to be changed, added or removed to make one name of the other.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8.prefix(40))
        var row = Array(0...right.count)
        for (index, letter) in left.utf8.prefix(40).enumerated() {
            var next = [index + 1]
            for column in right.indices {
                let change = row[column] + (right[column] == letter ? 0 : 1)
                next.append(min(change, row[column + 1] + 1, next[column] + 1))
            }
            row = next
        }
        return row[right.count]
    }
}

extension Value {
    /// A number of characters, places or rounds: an integer, or text that is one.
    func wholeNumber() throws(Fault) -> Int {
        switch self {
        case .integer(let integer): return Int(integer)
        case .string(let string):
            if let number = Int(string.filter { $0 != " " }) { return number }
        case .null, .bool, .decimal, .array, .object: break
        }
        throw Fault("\(named) where a whole number is needed", remedy: "give a number without a fraction")
    }

    /// What it is, for an error message: never the data itself, which may be personal.
    var named: String {
        switch self {
        case .null: "nil"
        case .bool(let bool): "\(bool)"
        case .integer: "an integer"
        case .decimal: "a decimal"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
