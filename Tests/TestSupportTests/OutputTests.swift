import Testing

@testable import TestSupport

@Suite struct OutputTests {
    @Test func `however the bytes are cut, the lines are the same`() throws {
        try withSeed(runs: 300) { generator in
            let lines = (0..<20).map { _ in
                String(repeating: "é", count: Int.random(in: 0...9, using: &generator))
            }
            var rest = Array(lines.joined(separator: "\n").utf8)[...]
            var splitter = LineSplitter()
            var seen: [String] = []
            while !rest.isEmpty {
                let length = Int.random(in: 1...7, using: &generator)
                seen += splitter.append(rest.prefix(length))
                rest = rest.dropFirst(length)
            }
            seen += splitter.finish()
            // A last line that is empty cannot be told from none.
            try #require(seen == (lines.last == "" ? lines.dropLast() : lines[...]).map { $0 })
        }
    }

    @Test func `a line without an end is handed out in pieces`() {
        var splitter = LineSplitter()
        let lines = splitter.append([UInt8](repeating: 65, count: LineSplitter.longestLine * 2 + 1))
        #expect(lines.map(\.utf8.count) == [LineSplitter.longestLine, LineSplitter.longestLine])
        #expect(splitter.finish() == ["A"])
    }

    @Test func `the log keeps the newest lines within both limits`() {
        var log = OutputLog(lineLimit: 10, byteLimit: 40)
        for number in 0..<100 { log.append(["\(number)"], to: .standardOutput) }
        #expect(log.lines.count <= 10)
        #expect(log.lines.last?.text == "99")
        #expect(log.end == 100)
        log.append([String(repeating: "x", count: 39), "y", "z"], to: .standardError)
        #expect(log.lines.map(\.text) == ["y", "z"])
        #expect(log.lines(from: 102).map(\.text) == ["z"])
    }

    @Test func `a search finds what comes later and reads nothing twice`() {
        var log = OutputLog()
        let search = LineSearch(containing: "ready")
        log.append(["starting"], to: .standardOutput)
        #expect(search.next(in: log) == nil)
        log.append(["ready 1", "ready 2"], to: .standardError)
        #expect(search.next(in: log) == "ready 1")
        #expect(search.next(in: log) == nil)
    }
}
