import Flow

extension Disturbance {
    /// From 2001 to 2286: seconds instead of milliseconds are noticed.
    private static let times: ClosedRange<Int64> = 1_000_000_000_000...9_999_999_999_999
    private static let opens: ClosedRange<Int64> = 0...1_000_000
    private static let nameLimit = 1_000
    private static let members = ["kind", "time_ms", "until_ms", "process", "role", "open"]

    /// Reads one line of a file of disturbances. Nothing of it is guessed: what is mistyped would explain too much or too
    /// little.
    package init(_ value: JSON) throws(DisturbanceFault) {
        guard let object = value.objectValue else {
            throw DisturbanceFault(what: "the line should be an object, such as {\"kind\": \"kill\", …}")
        }
        if let unknown = object.keys.sorted().first(where: { !Self.members.contains($0) }) {
            throw DisturbanceFault(
                what: "\(unknown) is not known; allowed \(Self.members.joined(separator: ", "))")
        }
        guard let kind: Kind = try Self.choice(object["kind"], "kind") else {
            throw DisturbanceFault(what: "kind is missing: one of \(Self.words(of: Kind.self))")
        }
        guard let time = try Self.number(object["time_ms"], "time_ms", in: Self.times) else {
            throw DisturbanceFault(what: "time_ms is missing: milliseconds since 1970")
        }
        let until = try Self.number(object["until_ms"], "until_ms", in: Self.times)
        if let until, until < time {
            throw DisturbanceFault(what: "until_ms is \(until), before time_ms, \(time)")
        }
        let process = object["process"]?.stringValue ?? ""
        guard object["process"] == nil || object["process"]?.stringValue != nil,
            process.utf8.count <= Self.nameLimit
        else {
            throw DisturbanceFault(what: "process should be a text of at most \(Self.nameLimit) bytes")
        }
        self.init(
            kind, at: time, until: until, process: process, role: try Self.choice(object["role"], "role"),
            open: try Self.number(object["open"], "open", in: Self.opens).map { Int($0) })
    }

    private static func number(
        _ value: JSON?, _ name: String, in range: ClosedRange<Int64>
    ) throws(DisturbanceFault) -> Int64? {
        guard let value else { return nil }
        guard let number = value.integerValue, range.contains(number) else {
            throw DisturbanceFault(
                what: "\(name) is \(value.jsonText); allowed \(range.lowerBound)…\(range.upperBound)")
        }
        return number
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ value: JSON?, _ name: String
    ) throws(DisturbanceFault) -> Choice? {
        guard let value else { return nil }
        guard let choice = value.stringValue.flatMap({ Choice(rawValue: $0) }) else {
            throw DisturbanceFault(
                what: "\(name) is \(value.jsonText); allowed \(Self.words(of: Choice.self))")
        }
        return choice
    }

    private static func words<Choice: RawRepresentable<String> & CaseIterable>(of: Choice.Type) -> String {
        Choice.allCases.map(\.rawValue).joined(separator: ", ")
    }
}

/// Why a line tells of no disturbance.
package struct DisturbanceFault: Error, Hashable, Sendable {
    package let what: String
}
