import Flow
import Pipeline
import Testing

/// Ends that are no success, requests of nobody's, and what a disturbance doesn't explain.
@Suite struct HistoryEndsTests {
    private static func faults(_ plant: (inout SyntheticHistory) -> Void) -> [String] {
        var history = SyntheticHistory()
        plant(&history)
        history.finish()
        return history.report.faults.map { "\($0.finding.count) \($0.name)" }
    }

    // MARK: Ends

    @Test(arguments: [RunEnd.rejected, .dead, .cancelled])
    func `an end without a request is a fault`(end: RunEnd) {
        let faults = Self.faults { history in
            history.emit(1)
            history.match(1)
            history.end(1, as: end)
        }
        #expect(faults == ["1 ended undelivered"])
    }

    @Test(arguments: [RunEnd.rejected, .dead, .cancelled], ["200", "503"])
    func `an end that the vendor's answer is no reason for is a fault`(end: RunEnd, answer: String) {
        let faults = Self.faults { history in
            history.emit(1)
            history.match(1)
            history.request(1, answer: answer)
            history.end(1, as: end)
        }
        #expect(faults == ["1 ended undelivered"])
    }

    @Test func `a dead run keeps its place in its key, whatever a kill repeats of it`() {
        let faults = Self.faults { history in
            history.emit(1)
            history.emit(2)
            history.match(1)
            history.request(1, answer: "503")
            history.match(2)
            history.request(2)
            history.disturb(.kill)
            history.request(1, answer: "503")
            history.record(1, "retry")
            history.end(1, as: .dead)
            history.request(2)
            history.settle(2)
        }
        #expect(faults == ["1 ended undelivered"])
    }

    @Test func `a rejection that the vendor gave is none, where a dead letter tells of it`() {
        func rejected(hasLetter: Bool) -> [String] {
            Self.faults { history in
                history.emit(1)
                history.match(1)
                history.request(1, answer: "422")
                history.record(1, "rejected")
                history.end(1, as: .rejected, hasLetter: hasLetter)
            }
        }
        #expect(rejected(hasLetter: true) == [])
        #expect(rejected(hasLetter: false) == ["1 without a dead letter"])
    }

    @Test func `a dead letter may come before the end that it belongs to, or after`() {
        var history = SyntheticHistory()
        history.emit(1)
        history.match(1)
        history.request(1, answer: "422")
        history.letter(1, .rejected)
        #expect(history.check.outstanding == 1)
        history.end(1, as: .rejected, hasLetter: false)
        #expect(history.check.outstanding == 0)
        history.emit(2)
        history.match(2)
        history.request(2, answer: "422")
        history.end(2, as: .rejected, hasLetter: false)
        #expect(history.check.outstanding == 1)
        #expect(history.report.unfinished.examples.first?.contains("no dead letter") == true)
        history.letter(2, .rejected)
        #expect(history.check.outstanding == 0 && history.report.isSound)
    }

    @Test func `an action that its letter calls unusable is not verified`() {
        let faults = Self.faults { history in
            history.emit(1)
            history.match(1)
            history.letter(1, .action)
        }
        #expect(faults == ["1 not verified"])
    }

    // MARK: Requests

    @Test func `a request for a run that nobody expects is a fault, a probe's is none`() {
        var history = SyntheticHistory()
        history.probe(7)
        history.request(7)
        #expect(history.report.isSound)
        history.request(8)
        history.strangeRequest(nil)
        #expect(history.report.faults.map(\.name) == ["of an unknown run"])
        #expect(history.report.unknown.count == 2)
    }

    // MARK: What explains

    @Test func `a matcher's kill repeats no request, unless somebody says so`() {
        func faults(_ role: Disturbance.Role?, open: Int? = nil) -> [String] {
            Self.faults { history in
                history.emit(1)
                history.match(1)
                history.request(1)
                history.disturb(.kill, role: role, open: open)
                history.request(1)
                history.settle(1)
            }
        }
        #expect(faults(.matcher) == ["1 repeated without a cause"])
        #expect(faults(.matcher, open: 1) == [])
        #expect(faults(.sender) == [])
        #expect(faults(nil) == [])
    }

    @Test(arguments: Disturbance.Kind.allCases)
    func `what may have been open is once the limit at a kill, and twice where a process lived on`(
        kind: Disturbance.Kind
    ) {
        var rules = CheckRules()
        rules.openLimit = 10
        let expected = [Disturbance.Kind.kill: 10, .vendor: 10, .stop: 20, .network: 20, .broker: 20]
        #expect(rules.open(at: Disturbance(kind, at: 0, process: "")) == expected[kind] ?? 0)
        #expect(rules.open(at: Disturbance(kind, at: 0, process: "", role: .matcher)) == 0)
        #expect(rules.open(at: Disturbance(kind, at: 0, process: "", open: 3)) == 3)
    }

    @Test(arguments: Disturbance.Kind.allCases)
    func `an answer is lost only where something was in its way, and only as often as was open`(
        kind: Disturbance.Kind
    ) {
        var history = SyntheticHistory()
        history.disturb(kind, open: 2)
        for number in 1...3 {
            history.emit(number, key: "k\(number)")
            history.match(number)
            history.request(number)
            history.record(number, "retry", delay: 90_000, reason: "no answer: the connection broke")
        }
        // Beyond what a disturbance repeats by itself.
        history.time += 90_000
        for number in 1...3 {
            history.request(number)
            history.settle(number)
        }
        let explained = [.stop, .network, .broker, .vendor].contains(kind) ? 2 : 0
        #expect(history.report.repeatedUnanswered == explained)
        #expect(history.report.unexplainedRepeats.count == 3 - explained)
    }

    @Test func `of two disturbances the one that is over first explains what both could`() {
        var history = SyntheticHistory()
        for number in 1...2 {
            history.emit(number, key: "k\(number)")
            history.match(number)
            history.request(number)
        }
        let start = history.time
        // Begun first, and over last.
        history.take(Disturbance(.network, at: start, until: start + 50_000, process: "", open: 1))
        history.take(Disturbance(.kill, at: start + 1, until: start + 1, process: "", open: 1))
        history.time = start + 1_000
        history.request(1)
        history.settle(1)
        history.time = start + 100_000
        history.request(2)
        history.settle(2)
        #expect(history.report.repeated == [.kill: 1, .network: 1])
        #expect(history.report.isSound)
    }

    @Test(arguments: [(7_000, true), (20_900, true), (22_000, false)])
    func `an overlap is explained for a session and a request's time-out after a disturbance`(
        milliseconds: Int64, isExplained: Bool
    ) {
        func report(_ kind: Disturbance.Kind, _ role: Disturbance.Role? = nil) -> VerificationReport {
            var history = SyntheticHistory()
            history.emit(1)
            history.emit(2)
            history.match(1)
            history.match(2)
            let stale = history.begin(1)
            history.disturb(kind, role: role)
            history.time += milliseconds
            let second = history.begin(2)
            history.end(stale)
            history.settle(1)
            history.end(second)
            history.settle(2)
            return history.report
        }
        #expect(report(.stop).overlapping == (isExplained ? 1 : 0))
        #expect(report(.stop).unexplainedOverlaps.count == (isExplained ? 0 : 1))
        #expect(report(.terminate).unexplainedOverlaps.count == 1)
        #expect(report(.stop, .matcher).unexplainedOverlaps.count == 1)
    }
}
