import Foundation
import Testing

/// Whatever is read, it is read or refused: no crash, no hang, no growth, and what is written is read back.
///
/// `make fuzz` gives a million inputs; `SLUICE_FUZZ_TARGET`, `SLUICE_FUZZ_SEED` and `SLUICE_FUZZ_FIRST` repeat one.
@Suite(.serialized) struct FuzzSuite {
    static let targets =
        (FuzzTarget.records + FuzzTarget.documents + FuzzTarget.answers + FuzzTarget.texts
        + FuzzTarget.requests)
        .filter { FuzzSettings.target == nil || $0.name == FuzzSettings.target }
    private static let settings = FuzzSettings(targets: targets.count)

    @Test(arguments: targets) func `broken input is read or refused`(_ target: FuzzTarget) throws {
        let settings = Self.settings
        let report: FuzzRun.Report
        do {
            report = try FuzzRun(target: target, settings: settings).run()
        } catch {
            Issue.record("\(error)")
            return
        }
        // Else the damage is too coarse or too fine to test anything.
        #expect(report.accepted > 0, "no input was accepted, seed \(settings.seed)")
        #expect(
            report.accepted < settings.count || target.acceptsAll,
            "no input was refused, seed \(settings.seed)")
        guard settings.isAlone else { return }
        let growth = report.memory.end - report.memory.early
        print(
            "\(target.name): \(settings.count) inputs, \(report.accepted) accepted, \(report.spent), "
                + "slowest \(report.slowest) (number \(report.slowestInput)), \(report.memory.end >> 20) MiB, "
                + "\(growth >> 20) MiB more than after a tenth; seed \(settings.seed)")
        #expect(growth < 64 << 20, "memory grows, seed \(settings.seed)")
    }
}
