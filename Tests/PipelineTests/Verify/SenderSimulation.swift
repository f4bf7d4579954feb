import Flow
import Pipeline

/// A sender as it should be: keys in order, retries after their delays, settlements some time after the answers. A kill
/// forgets what was not settled; what was forgotten is done again.
struct SenderSimulation {
    private struct Unsettled {
        let number: Int
        let answer: String
        let delay: Int64?
    }

    private let keys: Int
    private let runs: Int
    private var queues: [[Int]]
    private var due: [Int: Int64] = [:]
    private var unsettled: [Unsettled] = []

    init(keys: Int, runs: Int) {
        self.keys = keys
        self.runs = runs
        queues = (0..<keys).map { key in (1...runs).filter { $0 % keys == key } }
    }

    mutating func play(
        _ history: inout SyntheticHistory, using generator: inout some RandomNumberGenerator
    ) {
        for number in 1...runs {
            history.emit(number, key: "k\(number % keys)")
            history.match(number)
        }
        while !unsettled.isEmpty || queues.contains(where: { !$0.isEmpty }) {
            history.time += Int64.random(in: 1...50, using: &generator)
            switch Int.random(in: 0..<20, using: &generator) {
            case 0: kill(&history)
            case 1..<5: settle(&history)
            default: attempt(&history, using: &generator)
            }
        }
    }

    /// As many as may be open are begun and not settled, at most.
    private mutating func attempt(
        _ history: inout SyntheticHistory, using generator: inout some RandomNumberGenerator
    ) {
        guard unsettled.count < 4 else { return settle(&history) }
        let key = Int.random(in: 0..<keys, using: &generator)
        guard let number = queues[key].first, due[number, default: 0] <= history.time else { return }
        // A retry waits for its settlement.
        guard !unsettled.contains(where: { $0.number == number }) else { return }
        let answers = ["200", "200", "200", "503", "no-answer", "422"]
        let answer = answers.randomElement(using: &generator) ?? "200"
        let isRetried = answer == "503" || answer == "no-answer"
        history.request(number, answer: answer)
        unsettled.append(
            Unsettled(
                number: number, answer: answer,
                delay: isRetried ? Int64.random(in: 50...300, using: &generator) : nil))
        if !isRetried { queues[key].removeFirst() }
    }

    private mutating func settle(_ history: inout SyntheticHistory) {
        for item in unsettled {
            if let delay = item.delay {
                history.record(item.number, "retry", delay: delay)
                due[item.number] = history.time + delay
            } else {
                let isSuccess = item.answer == "200"
                history.record(item.number, isSuccess ? "succeeded" : "rejected")
                history.end(item.number, as: isSuccess ? .succeeded : .rejected)
            }
        }
        unsettled = []
    }

    /// What was not settled is done again, in its place.
    private mutating func kill(_ history: inout SyntheticHistory) {
        history.disturb(.kill)
        for item in unsettled.reversed() where item.delay == nil {
            queues[item.number % keys].insert(item.number, at: 0)
        }
        unsettled = []
        history.time += 1_000
    }
}
