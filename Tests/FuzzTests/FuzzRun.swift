import Foundation
import Synchronization
import TestSupport
import Testing

/// How much is tried, and from which seed: a few seconds in CI, `make fuzz` for more.
struct FuzzSettings: Sendable {
    let count: Int
    let seed: UInt64
    /// The input to begin with, to repeat one that failed.
    let first: Int
    /// Whether nothing else runs in the process, so that its memory and time tell something.
    let isAlone: Bool
    /// The only target, to repeat one that failed.
    static let target = ProcessInfo.processInfo.environment["SLUICE_FUZZ_TARGET"]

    init(targets: Int) {
        let environment = ProcessInfo.processInfo.environment
        let total = environment["SLUICE_FUZZ_COUNT"].flatMap { Int($0) }
        isAlone = total != nil
        count = max(1, total.map { ($0 + targets - 1) / targets } ?? 1_000)
        seed = environment["SLUICE_FUZZ_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...UInt64(UInt32.max))
        first = environment["SLUICE_FUZZ_FIRST"].flatMap { Int($0) } ?? 0
    }
}

/// Gives a target its inputs one after the other. A violation names the input; so does one that takes too long, which
/// ends the process where nothing else runs in it, and one that crashes it: the file `FuzzRun.place` then has its target, seed and number.
struct FuzzRun {
    /// One input, at most. In CI others use the same cores.
    static let limit = Duration.seconds(10)
    static let place = FileManager.default.temporaryDirectory.appendingPathComponent(
        "sluice-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
    ).path

    let target: FuzzTarget
    let settings: FuzzSettings

    struct Report: Sendable {
        var accepted = 0
        var slowest = Duration.zero
        var slowestInput = 0
        var spent = Duration.zero
        /// Resident memory after a tenth of the inputs and after all of them.
        var memory = (early: 0, end: 0)
    }

    func run() throws -> Report {
        var report = Report()
        let mutator = FuzzMutator(samples: target.samples)
        let numbers = settings.first..<(settings.first + settings.count)
        guard let file = FileHandle(forWritingAtPath: try Self.prepareFile()) else {
            throw FuzzViolation("\(Self.place) can't be written")
        }
        defer { FuzzWatch.shared.end() }
        for sample in target.samples where try !target.read(sample) {
            throw FuzzViolation("\(target): a valid sample was refused: \(sample.text)")
        }
        for number in numbers {
            // Each has a seed of its own, so that it can be repeated alone.
            var random = SplitMix64(seed: settings.seed &* 0x1_0000_0001 &+ UInt64(number))
            let input = mutator.input(using: &random)
            let name =
                "SLUICE_FUZZ_TARGET='\(target)' SLUICE_FUZZ_SEED=\(settings.seed) SLUICE_FUZZ_FIRST=\(number)\n"
            try file.seek(toOffset: 0)
            try file.write(contentsOf: Data(name.utf8))
            let began = FuzzWatch.shared.begin(name, input, endsProcess: settings.isAlone)
            do {
                if try target.read(input) { report.accepted += 1 }
            } catch {
                throw FuzzViolation("\(error)\n\(name)\(input)")
            }
            let spent = ContinuousClock.now - began
            if spent > Self.limit {
                Issue.record("an input took \(spent), longer than \(Self.limit): \(name)\(input)")
            }
            report.spent += spent
            if spent > report.slowest { (report.slowest, report.slowestInput) = (spent, number) }
            if number == numbers.lowerBound + settings.count / 10 { report.memory.early = Self.residentBytes }
        }
        report.memory.end = Self.residentBytes
        return report
    }

    private static func prepareFile() throws -> String {
        try Data().write(to: URL(fileURLWithPath: place))
        return place
    }

    static var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 4096 } ?? 0
    }
}

/// Says which input takes too long, and then ends the process: nothing else can end it. Where other suites share the
/// process and its cores, it only says so, and the run records the issue once the input is through.
final class FuzzWatch: Sendable {
    private struct Input {
        let name: String
        let input: FuzzInput
        let began: ContinuousClock.Instant
        let endsProcess: Bool
    }

    static let shared = FuzzWatch()
    private let current = Mutex<Input?>(nil)

    private init() {
        // A thread of its own: those of tasks may all be busy with what hangs.
        Thread { [self] in
            while true {
                Thread.sleep(forTimeInterval: 0.5)
                look()
            }
        }.start()
    }

    func begin(_ name: String, _ input: FuzzInput, endsProcess: Bool) -> ContinuousClock.Instant {
        let now = ContinuousClock.now
        current.withLock { $0 = Input(name: name, input: input, began: now, endsProcess: endsProcess) }
        return now
    }

    func end() {
        current.withLock { $0 = nil }
    }

    private func look() {
        let slow = current.withLock { current -> Input? in
            guard let input = current, ContinuousClock.now - input.began > FuzzRun.limit else { return nil }
            // Once is enough.
            current = nil
            return input
        }
        guard let slow else { return }
        FileHandle.standardError.write(
            Data("an input takes longer than \(FuzzRun.limit): \(slow.name)\(slow.input)\n".utf8))
        if slow.endsProcess { exit(1) }
    }
}
