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
        /// The app is to be looked at first: an earlier attempt may have been heard of.
        var looks = false
        /// It is of those that are looked for.
        var isLooked = false
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

    /// How long a request of a run that is looked for may travel, and how long the app may then take, µs.
    private static let slowness: Int64 = 8_000_000

    private let truth: Truth
    private let trace: Trace
    /// What the app has begun, and nobody hears of.
    private var late: [(run: RunTruth, due: Int64)] = []
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
    func step(at now: Int64, using random: inout SplitMix64) throws -> Bool {
        for act in late where act.due <= now { try truth.acted(act.run) }
        late.removeAll { $0.due <= now }
        guard !requests.isEmpty else { return false }
        let index = Int.random(in: 0..<requests.count, using: &random)
        let request = requests[index]
        if let answer = request.answer {
            requests.remove(at: index)
            request.core.answered(request, answer, using: &random)
            return true
        }
        // What nobody listens to any more may take its time.
        if request.isLooked, request.isOrphan, Int.random(in: 0..<20, using: &random) > 0 { return true }
        let isTooLate = request.isLooked && now - request.began > Self.slowness
        // Some never arrive.
        if isTooLate || Int.random(in: 0..<200, using: &random) < failures / 4 {
            request.answer = .noAnswer(reason: "the connection broke")
            return true
        }
        guard let run = request.truth else { return true }
        trace.note("\(run.name) reaches the app\(request.isOrphan ? ", and its sender is gone" : "")")
        try truth.arrived(run, by: request.tenure, isOrphan: request.isOrphan)
        request.answer = try look(request, run, using: &random) ?? answer(request, run, now, using: &random)
        return true
    }

    /// What a look tells; nil = it wasn't done before, or there is no look.
    private func look(
        _ request: Request, _ run: RunTruth, using random: inout SplitMix64
    ) throws -> VendorAnswer? {
        guard request.looks else { return nil }
        truth.saw("look")
        if run.unclearLooks < 2, Int.random(in: 0..<4, using: &random) == 0 {
            run.unclearLooks += 1
            truth.saw("look that doesn't tell")
            // It is asked about, and made again without counting.
            run.allowance += 1
            return .response(VendorResponse(status: World.unclearStatus, headers: [], body: []))
        }
        guard truth.acts(run) > 0 else { return nil }
        truth.saw("look that finds")
        run.isFound = true
        return .response(VendorResponse(status: 200, headers: [], body: []))
    }

    private func answer(
        _ request: Request, _ run: RunTruth, _ now: Int64, using random: inout SplitMix64
    ) throws -> VendorAnswer {
        guard Int.random(in: 0..<100, using: &random) < failures else {
            try truth.acted(run)
            return .response(VendorResponse(status: 200, headers: [], body: []))
        }
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .response(VendorResponse(status: 400, headers: [], body: []))
        case 1:
            let seconds = "\(Int.random(in: 0...9, using: &random))"
            return .response(VendorResponse(status: 429, headers: [("Retry-After", seconds)], body: []))
        case 2: return .response(VendorResponse(status: 202, headers: [], body: []))
        case 3:
            // It acts, and nobody hears of it.
            if request.isLooked {
                late.append((run, now + Int64.random(in: 0...Self.slowness, using: &random)))
            } else {
                try truth.acted(run)
            }
            return .noAnswer(reason: "no answer came")
        default: return .response(VendorResponse(status: 503, headers: [], body: []))
        }
    }
}
