import Connectors
import Flow
import Pipeline
import TestSupport

/// The apps: requests travel to them, are acted on or not, and answers travel back. What they answer is random, until
/// the history comes to its end.
final class SimulatedVendor {
    /// A request on the wire.
    final class Request {
        let core: SendCore
        let work: SendBoard.Work
        let run: ActionRun
        let place: RecordPlace
        let tenure: Int
        var began: Int64
        var truth: RunTruth?
        /// Its process was killed, or lost the partition, while it was on the wire.
        var isOrphan = false
        fileprivate var answer: VendorAnswer?

        init(
            core: SendCore, work: SendBoard.Work, run: ActionRun, place: RecordPlace, tenure: Int,
            began: Int64
        ) {
            self.core = core
            self.work = work
            self.run = run
            self.place = place
            self.tenure = tenure
            self.began = began
        }
    }

    private let truth: Truth
    private let trace: Trace
    var requests: [Request] = []
    /// What a person has paused.
    var pauses = World.Pauses.none
    /// Of a hundred requests, so many fail.
    var failures = 40

    init(truth: Truth, trace: Trace) {
        self.truth = truth
        self.trace = trace
    }

    func orphan(_ core: SendCore) {
        for request in requests where request.core === core { request.isOrphan = true }
    }

    /// One request arrives, or one answer comes back; false where nothing is on the wire.
    func step(using random: inout SplitMix64) throws -> Bool {
        guard !requests.isEmpty else { return false }
        let index = Int.random(in: 0..<requests.count, using: &random)
        let request = requests[index]
        if let answer = request.answer {
            requests.remove(at: index)
            request.core.answered(request, answer, using: &random)
            return true
        }
        // Some never arrive.
        if Int.random(in: 0..<200, using: &random) < failures / 4 {
            request.answer = .noAnswer(reason: "the connection broke")
            return true
        }
        guard let run = request.truth else { return true }
        trace.note("\(run.name) reaches the app\(request.isOrphan ? ", and its sender is gone" : "")")
        try truth.arrived(run, by: request.tenure, isOrphan: request.isOrphan)
        request.answer = answer(run, using: &random)
        return true
    }

    private func answer(_ run: RunTruth, using random: inout SplitMix64) -> VendorAnswer {
        guard Int.random(in: 0..<100, using: &random) < failures else {
            run.actedCount += 1
            return .response(VendorResponse(status: 200, headers: [], body: []))
        }
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .response(VendorResponse(status: 400, headers: [], body: []))
        case 1:
            let seconds = "\(Int.random(in: 0...9, using: &random))"
            return .response(VendorResponse(status: 429, headers: [("Retry-After", seconds)], body: []))
        case 2: return .response(VendorResponse(status: 202, headers: [], body: []))
        case 3:
            // It acted, and nobody hears of it.
            run.actedCount += 1
            return .noAnswer(reason: "no answer came")
        default: return .response(VendorResponse(status: 503, headers: [], body: []))
        }
    }
}
