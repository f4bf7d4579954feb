// What is remembered of action runs, and how much of it at most.

import Testing

@testable import MockVendor

@Suite struct RunMemoryTests {
    @Test func `attempts and the first success are counted per run`() {
        var memory = RunMemory(limit: 10)
        let attempts = ["a", "b", "a"].map { memory.countAttempt(of: $0).attempts }
        #expect(attempts == [1, 1, 2])
        let isFirst = ["a", "a"].map { memory.noteSuccess(of: $0) }
        #expect(isFirst == [true, false])
        let hasSucceeded = ["a", "b"].map { memory.countAttempt(of: $0).hasSucceeded }
        #expect(hasSucceeded == [true, false])
    }

    @Test func `never more than twice the limit are held, and a run that comes again is kept`() {
        var memory = RunMemory(limit: 100)
        for number in 1...5000 {
            _ = memory.countAttempt(of: "run-\(number)")
            let attempts = memory.countAttempt(of: "regular").attempts
            #expect(attempts == number)
            #expect(memory.count <= 200)
        }
        let attempts = ["run-1", "run-4999"].map { memory.countAttempt(of: $0).attempts }
        #expect(attempts == [1, 2], "the first is long forgotten")
    }
}
