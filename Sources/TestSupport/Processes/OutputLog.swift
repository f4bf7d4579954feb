// What a child process has written, kept within bounds.

/// The newest lines of a process, of both streams in the order in which they were read.
struct OutputLog: Sendable {
    enum Stream: Sendable {
        case standardOutput
        case standardError
    }

    struct Line: Sendable {
        let stream: Stream
        let text: String
    }

    private let lineLimit: Int
    private let byteLimit: Int
    private var byteCount = 0
    private(set) var lines: [Line] = []
    /// How many lines were dropped from the front to stay within the limits.
    private(set) var droppedCount = 0

    init(lineLimit: Int = 20_000, byteLimit: Int = 8 * 1024 * 1024) {
        self.lineLimit = lineLimit
        self.byteLimit = byteLimit
    }

    /// The position after the newest line, counted from the first line ever written.
    var end: Int {
        droppedCount + lines.count
    }

    /// The kept lines from `position` on.
    func lines(from position: Int) -> ArraySlice<Line> {
        lines.dropFirst(max(0, position - droppedCount))
    }

    mutating func append(_ texts: [String], to stream: Stream) {
        for text in texts {
            lines.append(Line(stream: stream, text: text))
            byteCount += text.utf8.count
        }
        if lines.count > lineLimit || byteCount > byteLimit { dropOldest() }
    }

    /// Drops to half of the limits at once: removing from an array's front costs the whole array.
    private mutating func dropOldest() {
        var count = 0
        while count < lines.count, lines.count - count > lineLimit / 2 || byteCount > byteLimit / 2 {
            byteCount -= lines[count].text.utf8.count
            count += 1
        }
        lines.removeFirst(count)
        droppedCount += count
    }
}
