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
    /// explains as many as were open at its time. Of several the one that was over first explains it, which leaves the others
    /// for what comes later. What none explains may be the retry of a request whose answer was lost.
    func explainRepeats(_ report: inout VerificationReport) {
        let causes = disturbances.sorted { $0.until < $1.until }
        let bounds = causes.map { rules.open(at: $0) }
        var room = zip(causes, bounds).map { $0.kind.mayRepeat ? $1 : 0 }
        var answers = LostAnswers(zip(causes, bounds).filter(\.0.kind.losesAnswers))
        for (cause, open) in zip(causes, bounds) where cause.kind.mayRepeat {
            report.repeatBound[cause.kind, default: 0] += open
        }
        for item in repeats.sorted(by: { $0.again < $1.again }) {
            if let place = causes.indices.first(where: { room[$0] > 0 && isCause(causes[$0], of: item) }) {
                room[place] -= 1
                report.repeated[causes[place].kind, default: 0] += 1
            } else if answers.take(
                item.run, known: lostAnswers(of: item.run), where: { reaches($0, item.finished) })
            {
                report.repeatedUnanswered += 1
            } else {
                report.unexplainedRepeats.note(item.text)
            }
        }
    }

    /// Answers that senders noted as missing though the vendor gave them: as many as a disturbance may have lost.
    private struct LostAnswers {
        private let causes: [Disturbance]
        private var room: [Int]
        private var left: [RunID: Int] = [:]

        init(_ causes: [(Disturbance, Int)]) {
            self.causes = causes.map(\.0)
            room = causes.map(\.1)
        }

        /// - Parameter known: those of the run by its sender's records; each explains one repeat.
        mutating func take(_ run: RunID, known: Int, where reaches: (Disturbance) -> Bool) -> Bool {
            let own = left[run, default: known]
            guard own > 0, let place = causes.indices.first(where: { room[$0] > 0 && reaches(causes[$0]) })
            else { return false }
            left[run] = own - 1
            room[place] -= 1
            return true
        }
    }

    private func isCause(_ cause: Disturbance, of item: Repeat) -> Bool {
        let slack = rules.clockSlack.milliseconds
        return cause.time - slack <= item.again
            && item.again <= cause.until + rules.aftermath.milliseconds
            && reaches(cause, item.finished)
    }

    /// Whether a disturbance may have kept a request of that time from being settled.
    private func reaches(_ cause: Disturbance, _ finished: Int64) -> Bool {
        let slack = rules.clockSlack.milliseconds
        return finished <= cause.until + slack + (cause.kind.showsLate ? rules.session.milliseconds : 0)
            && finished >= cause.time - rules.reach.milliseconds - slack
    }

    private func lostAnswers(of id: RunID) -> Int {
        runs[id]?.lostAnswers ?? settled[id]?.lostAnswers ?? 0
    }
}
