import Flow

/// A request for a run that had succeeded, or was refused for good.
struct Repeat: Sendable {
    let run: RunID
    /// When the request came that should have been the last.
    let finished: Int64
    let again: Int64
    let text: String
}

extension HistoryCheck {
    /// Repeats that are kept until it is known what explains them; more count as unexplained.
    private static let repeatLimit = 100_000

    mutating func noteRepeat(of run: RunID, finished: Int64, again: Int64, _ text: @autoclosure () -> String)
    {
        let text = "\(text()): again \(again - finished) ms after the request that was its last"
        if repeats.count < Self.repeatLimit {
            repeats.append(Repeat(run: run, finished: finished, again: again, text: text))
        } else {
            tally.unexplainedRepeats.note(text)
        }
    }

    /// Each repeat is explained by one disturbance that came between its run's last request and itself, and each disturbance
    /// explains as many as were open at its time. Going through the disturbances by time, and giving each the repeats that
    /// came soonest, leaves as few as can be.
    func explainRepeats(_ report: inout VerificationReport) {
        var left = repeats.sorted { $0.again < $1.again }
        for cause in disturbances.filter(\.kind.mayRepeat).sorted(by: { $0.time < $1.time }) {
            let open = cause.open ?? rules.openLimit
            var room = open
            left.removeAll { item in
                guard room > 0, isCause(cause, of: item) else { return false }
                room -= 1
                return true
            }
            report.repeatBound[cause.kind, default: 0] += open
            if room < open { report.repeated[cause.kind, default: 0] += open - room }
        }
        var lostAnswers: [RunID: Int] = [:]
        for item in left {
            if lostAnswers[item.run, default: self.lostAnswers(of: item.run)] > 0 {
                // The sender never learned of the first answer, by its own record.
                lostAnswers[item.run, default: self.lostAnswers(of: item.run)] -= 1
                report.repeatedUnanswered += 1
            } else {
                report.unexplainedRepeats.note(item.text)
            }
        }
    }

    private func isCause(_ cause: Disturbance, of item: Repeat) -> Bool {
        let slack = rules.clockSlack.milliseconds
        return cause.time - slack <= item.again
            && item.again <= cause.until + rules.aftermath.milliseconds
            && item.finished <= cause.until + slack + (cause.kind.showsLate ? rules.session.milliseconds : 0)
            && item.finished >= cause.time - rules.reach.milliseconds - slack
    }

    private func lostAnswers(of id: RunID) -> Int {
        runs[id]?.lostAnswers ?? settled[id]?.lostAnswers ?? 0
    }
}
