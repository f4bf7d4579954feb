// Finds a line in a growing log without reading any line twice.

import Synchronization

/// One search through an `OutputLog`; remembers how far it has looked.
final class LineSearch: Sendable {
    private let text: String
    private let position = Mutex(0)

    init(containing text: String) {
        self.text = text
    }

    /// The first line with the text among those that came since the last call.
    func next(in log: OutputLog) -> String? {
        position.withLock { position in
            defer { position = log.end }
            return log.lines(from: position).first { $0.text.contains(text) }?.text
        }
    }
}
