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

    @Test func `calls are counted apart, and what each did is remembered`() {
        var memory = RunMemory(limit: 10)
        let key = RunMemory.key("a", at: "tea")
        let runs = [("find", false), ("create", true), ("create", true)].map {
            memory.count($0, of: key, isDelivery: $1)
        }
        #expect(runs.map(\.attempts) == [0, 1, 2])
        #expect(runs.map { $0.calls["create"]?.attempts } == [nil, 1, 2])
        #expect(!memory.hasActed(for: key))
        let acts = ["create", "finish", "create"].map { memory.noteAct(of: key, call: $0) }
        #expect(acts.map(\.isFirst) == [true, false, false])
        #expect(acts.map(\.isAgain) == [false, false, true])
        #expect(memory.hasActed(for: key))
        #expect(!memory.hasActed(for: RunMemory.key("a", at: "coffee")))
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
