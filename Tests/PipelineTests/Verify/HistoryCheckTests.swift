import Flow
import Pipeline
import TestSupport
import Testing

/// Each kind of fault, planted in a history that is sound without it.
@Suite struct HistoryCheckTests {
    /// A fault, and the only thing that may be found.
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let finding: String
        let plant: @Sendable (inout SyntheticHistory) -> Void
        var testDescription: String { what }
    }

    private static let faults = [
        Case(what: "an event that no matcher reports", finding: "unfinished") { $0.emit(1) },
        Case(what: "a run that ends nowhere", finding: "unfinished") { history in
            history.emit(1)
            history.match(1)
            history.request(1, answer: "503")
            history.record(1, "retry", delay: 10)
        },
        Case(what: "a run that somebody found nowhere", finding: "lost") { history in
            history.emit(1)
            history.match(1)
            history.lose(1)
        },
        Case(what: "a success without a delivery", finding: "lost") { history in
            history.emit(1)
            history.match(1)
            history.settle(1)
        },
        Case(what: "a success that the vendor answered otherwise", finding: "lost") { history in
            history.emit(1)
            history.match(1)
            history.request(1, answer: "503")
            history.settle(1)
        },
        Case(what: "a request after the success", finding: "repeated without a cause") { history in
            history.emit(1)
            history.deliver(1)
            history.time += 500
            history.request(1)
        },
        Case(what: "two requests at once that both succeed", finding: "repeated without a cause") { history in
            history.emit(1)
            history.match(1)
            let (first, second) = (history.begin(1), history.begin(1))
            history.end(first)
            history.end(second)
            history.settle(1)
        },
        Case(what: "more repeats after a kill than were open", finding: "repeated without a cause") {
            history in
            for number in 1...3 {
                history.emit(number, key: "k\(number)")
                history.match(number)
                history.request(number)
            }
            history.disturb(.kill, open: 2)
            for number in 1...3 {
                history.request(number)
                history.settle(number)
            }
        },
        Case(what: "a repeat after an orderly end", finding: "repeated without a cause") { history in
            history.emit(1)
            history.match(1)
            history.request(1)
            history.disturb(.terminate)
            history.request(1)
            history.settle(1)
        },
        Case(what: "a repeat of what was done long before the kill", finding: "repeated without a cause") {
            history in
            history.emit(1)
            history.deliver(1)
            history.time += 60_000
            history.disturb(.kill)
            history.request(1)
        },
        Case(what: "a repeat before the kill", finding: "repeated without a cause") { history in
            history.emit(1)
            history.deliver(1)
            history.request(1)
            history.time += 5_000
            history.disturb(.kill)
        },
        Case(what: "a follower that was sent while its head waited for a retry", finding: "inverted") {
            history in
            history.emit(1)
            history.emit(2)
            history.match(1)
            history.request(1, answer: "503")
            history.record(1, "retry", delay: 10)
            history.deliver(2)
            history.time += 20
            history.request(1)
            history.settle(1)
        },
        Case(what: "a follower before a head that is rejected", finding: "inverted") { history in
            history.emit(1)
            history.emit(2)
            history.match(1)
            history.deliver(2)
            history.request(1, answer: "422")
            history.record(1, "rejected")
            history.end(1, as: .rejected)
        },
        Case(what: "a follower while its head is on the wire", finding: "overlapping without a cause") {
            history in
            history.emit(1)
            history.emit(2)
            history.match(1)
            history.match(2)
            let first = history.begin(1)
            history.request(1)
            let second = history.begin(2)
            history.end(first, isSuccess: false)
            history.end(second)
            history.settle(1)
            history.settle(2)
        },
        Case(what: "a retry before its delay", finding: "early") { history in
            history.emit(1)
            history.match(1)
            history.request(1, answer: "503")
            history.record(1, "retry", delay: 200)
            history.time += 198
            history.request(1)
            history.settle(1)
        },
        Case(what: "a retry before its delay, after a stale request of a stopped process", finding: "early") {
            history in
            history.emit(1)
            history.match(1)
            history.request(1, answer: "503")
            history.record(1, "retry", delay: 300)
            history.time += 100
            history.request(1, answer: "503")
            history.time += 100
            history.request(1)
            history.settle(1)
        },
        Case(what: "a second retry before its delay, after a request that was forgotten", finding: "early") {
            history in
            history.emit(1)
            history.match(1)
            history.request(1, answer: "503")
            history.disturb(.kill)
            history.time += 5
            history.request(1, answer: "503")
            history.record(1, "retry", delay: 200)
            history.time += 250
            history.request(1, answer: "503")
            history.record(1, "retry", delay: 300)
            history.time += 100
            history.request(1)
            history.settle(1)
        },
        Case(what: "an event of an unknown store", finding: "not verified") { history in
            history.emit(1)
            history.match(1, refused: "unknown-store")
        },
    ]

    @Test(arguments: faults) func `a planted fault is found, and nothing else`(_ fault: Case) {
        var history = SyntheticHistory()
        for number in 90..<95 { history.emit(number, key: "other") }
        for number in 90..<92 { history.deliver(number) }
        fault.plant(&history)
        for number in 92..<95 { history.deliver(number) }
        history.finish()
        #expect(history.report.faults.map(\.name) == [fault.finding])
        #expect(history.report.faults.first?.finding.count == 1)
        #expect(!history.report.isSound)
    }

    private static let sound = [
        Case(what: "retries that wait", finding: "") { history in
            history.emit(1)
            history.match(1)
            for (number, delay) in [100, 150, 225].enumerated() {
                history.request(1, answer: number == 1 ? "no-answer" : "503")
                history.record(1, "retry", delay: Int64(delay))
                history.time += Int64(delay)
            }
            history.deliver(1)
        },
        Case(what: "a retry whose first request was forgotten in a kill", finding: "") { history in
            history.emit(1)
            history.match(1)
            history.request(1, answer: "503")
            history.disturb(.kill)
            history.time += 5
            history.request(1, answer: "503")
            history.record(1, "retry", delay: 200)
            history.time += 200
            history.request(1)
            history.settle(1)
        },
        Case(what: "a stale request of a stopped process while a retry waits", finding: "") { history in
            history.emit(1)
            history.match(1)
            history.request(1, answer: "503")
            history.record(1, "retry", delay: 300)
            history.time += 200
            history.request(1, answer: "503")
            history.time += 100
            history.request(1)
            history.settle(1)
        },
        Case(what: "a run that is rejected, and the next", finding: "") { history in
            history.emit(1)
            history.emit(2)
            history.match(1)
            history.request(1, answer: "503")
            history.record(1, "retry", delay: 100)
            history.time += 100
            history.request(1, answer: "422")
            history.deliver(2)
            history.record(1, "rejected")
            history.end(1, as: .rejected)
        },
        Case(what: "a held attempt, whose number comes again", finding: "") { history in
            history.emit(1)
            history.match(1)
            history.record(1, "held")
            history.request(1)
            history.record(1, "succeeded", isAgain: true)
            history.end(1, as: .succeeded)
        },
        Case(what: "an attempt in doubt, whose number comes again", finding: "") { history in
            history.emit(1)
            history.match(1)
            history.request(1)
            history.disturb(.kill)
            history.time += 2_000
            history.record(1, "in-doubt")
            history.request(1)
            history.record(1, "succeeded", isAgain: true)
            history.end(1, as: .succeeded)
        },
        Case(what: "a duplicate of an event", finding: "") { history in
            history.emit(1)
            history.deliver(1)
            history.match(1, refused: "duplicate")
        },
        Case(what: "records before the vendor's last word", finding: "") { history in
            history.emit(1)
            history.match(1)
            let request = history.begin(1)
            history.settle(1)
            history.end(request)
        },
        Case(what: "an end before the report of its event", finding: "") { history in
            history.emit(1)
            history.request(1)
            history.settle(1)
            history.match(1)
        },
    ]

    @Test(arguments: sound) func `what may be is no fault`(_ history: Case) {
        var synthetic = SyntheticHistory()
        history.plant(&synthetic)
        synthetic.finish()
        #expect(synthetic.report.faults.map(\.name) == [])
        #expect(synthetic.check.outstanding == 0)
    }

    @Test func `repeats after a kill are explained by it, and bounded by what was open`() {
        var history = SyntheticHistory()
        for number in 1...5 {
            history.emit(number, key: "k\(number)")
            history.match(number)
            history.request(number)
        }
        history.time += 100
        history.disturb(.kill, open: 5)
        history.time += 2_000
        for number in 1...5 {
            history.request(number)
            history.settle(number)
        }
        #expect(history.report.repeated == [.kill: 5])
        #expect(history.report.repeatBound == [.kill: 5])
        #expect(history.report.isSound)
    }

    @Test func `a repeat of what the sender noted as unanswered is explained by that, once`() {
        var history = SyntheticHistory()
        history.emit(1)
        history.match(1)
        history.disturb(.vendor)
        history.request(1)
        history.record(1, "retry", delay: 50, reason: "no answer: the connection broke")
        history.time += 60
        history.request(1)
        history.settle(1)
        #expect(history.report.repeatedUnanswered == 1)
        #expect(history.report.isSound)
        history.request(1)
        #expect(history.report.unexplainedRepeats.count == 1)
    }

    @Test func `a request on the wire of a partition that was lost is counted apart`() {
        var history = SyntheticHistory()
        history.emit(1)
        history.emit(2)
        history.match(1)
        history.match(2)
        let stale = history.begin(1)
        history.disturb(.stop)
        history.time += 7_000
        history.request(1)
        history.settle(1)
        history.request(2)
        history.settle(2)
        history.end(stale, isSuccess: false)
        #expect(history.report.overlapping == 1)
        #expect(history.report.isSound)
    }

    @Test func `records that repeat others are counted`() {
        var history = SyntheticHistory()
        history.emit(1)
        history.match(1)
        history.match(1)
        history.request(1)
        history.record(1, "succeeded")
        history.record(1, "succeeded", isAgain: true)
        history.end(1, as: .succeeded)
        history.end(1, as: .succeeded)
        #expect(history.report.recordedTwice == 3)
    }

    @Test func `memory grows with what is under way, not with what is over`() {
        var history = SyntheticHistory(memory: 100)
        for number in 1...5_000 {
            history.emit(number, key: "k\(number % 7)")
            history.deliver(number)
        }
        #expect(history.check.held == 0)
        #expect(history.report.succeeded == 5_000)
        #expect(history.report.isSound)
    }

    /// Senders that work as they should, killed now and then, on a random schedule.
    @Test func `random sound histories are sound, and a fault planted in one is found`() throws {
        try withSeed(runs: 300) { generator in
            var history = SyntheticHistory(openLimit: 4)
            var simulation = SenderSimulation(keys: 5, runs: 60)
            simulation.play(&history, using: &generator)
            history.finish()
            try #require(history.report.faults.map(\.name) == [], "\(generator) \(history.report)")
            try #require(history.check.held == 0, "\(generator)")
            let number = Int.random(in: 1...60, using: &generator)
            history.time += 100_000
            history.request(number)
            try #require(
                history.report.faults.map(\.name) == ["repeated without a cause"], "\(generator)")
        }
    }
}
