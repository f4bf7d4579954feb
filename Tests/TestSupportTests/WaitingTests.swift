import Testing

@testable import TestSupport

@Suite struct WaitingTests {
    @Test func `a signal that has already fired is not waited for`() async throws {
        let signal = Signal("records")
        signal.fire(3)
        try await signal.wait(count: 3, within: .seconds(1))
    }

    @Test func `a waiter goes on when the count is reached`() async throws {
        let signal = Signal("records")
        async let waited: Void = signal.wait(count: 100, within: .seconds(10))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { signal.fire() } }
        }
        try await waited
        #expect(signal.count == 100)
    }

    @Test func `a wait that runs out says what was awaited and what was seen`() async throws {
        let signal = Signal("records")
        signal.fire()
        let error = await #expect(throws: TestSupportError.self) {
            try await signal.wait(count: 3, within: .milliseconds(10))
        }
        #expect(error?.description == "awaited 3 records for 0.01 seconds; saw 1")
    }

    @Test func `a state of a single moment is seen`() async throws {
        let observed = Observed(0)
        let waiting = Task { try await observed.wait { $0 == 2 ? $0 : nil } }
        try await eventually("the waiter waits", within: .seconds(10)) { observed.waiterCount == 1 }
        for value in 1...3 { observed.update { $0 = value } }
        #expect(try await waiting.value == 2)
    }

    @Test func `a cancelled wait ends, whenever the cancellation comes`() async throws {
        for _ in 0..<200 {
            let observed = Observed(0)
            let waiting = Task { try await observed.wait { $0 == 1 ? () : nil } }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            #expect(observed.waiterCount == 0)
        }
    }

    @Test func `looking again ends when the condition holds, and throws when it never does`() async throws {
        var looks = 0
        try await eventually("the third look", within: .seconds(10), every: .milliseconds(1)) {
            looks += 1
            return looks == 3
        }
        await #expect(throws: TestSupportError.self) {
            try await eventually("never", within: .milliseconds(5), every: .milliseconds(1)) { false }
        }
    }
}
