/// The last steps of a history. Nothing is kept unless it is asked for: a failed history is run again to tell them.
final class Trace {
    static let limit = 40

    private let isOn: Bool
    private var lines: [String] = []
    private(set) var count = 0

    init(isOn: Bool) {
        self.isOn = isOn
    }

    func note(_ text: @autoclosure () -> String) {
        count += 1
        guard isOn else { return }
        lines.append("\(count). \(text())")
        if lines.count > 2 * Self.limit { lines.removeFirst(Self.limit) }
    }

    var text: String { lines.suffix(Self.limit).joined(separator: "\n") }
}
