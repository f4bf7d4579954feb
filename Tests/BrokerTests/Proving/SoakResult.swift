// What a soak came to.

import Pipeline

@testable import sluice

/// Slopes of each worker, and what was lost.
struct SoakResult: Sendable {
    let capacity: Double
    let rate: Double
    /// Samples before it don't count.
    let warmUp: Double
    let series: [String: SampleSeries]
    let report: VerificationReport
    let isSettled: Bool

    var text: String {
        let rows = series.sorted { $0.key < $1.key }.map { name, all -> [String] in
            let series = all.after(warmUp)
            guard let first = series.samples.first, let last = series.samples.last else {
                return [name, "no samples"]
            }
            let highest = all.samples.map(\.memory).max() ?? 0
            return [
                name, "\(series.samples.count)", Self.tenths(first.memory), Self.tenths(last.memory),
                Self.tenths(highest), Self.tenths(series.memorySlope), "\(first.descriptors)",
                "\(last.descriptors)", Self.tenths(series.descriptorSlope),
            ]
        }
        let table = TextTable(
            [
                "WORKER", "SAMPLES", "MIB FIRST", "LAST", "HIGHEST", "MIB PER HOUR", "DESCRIPTORS FIRST",
                "LAST",
                "PER HOUR",
            ],
            rows: rows)
        return "\(table.text())\n\(report.text(elapsed: .zero))\n"
            + "capacity \(Int(capacity)), rate \(Int(rate)) events per second; at most "
            + "\(Int(SoakRun.memoryBound)) MiB and \(Int(SoakRun.descriptorBound)) descriptors an hour"
    }

    /// What must not be.
    var faults: [String] {
        var faults = report.faults.map { "\($0.finding.count) \($0.name)" }
        if !isSettled { faults.append("runs had not ended") }
        for (name, all) in series.sorted(by: { $0.key < $1.key }) {
            let series = all.after(warmUp)
            if let slope = series.memorySlope, slope > SoakRun.memoryBound {
                faults.append("\(name) grows by \(Self.tenths(slope)) MiB an hour")
            }
            if let slope = series.descriptorSlope, slope > SoakRun.descriptorBound {
                faults.append("\(name) opens \(Self.tenths(slope)) descriptors an hour")
            }
        }
        return faults
    }

    private static func tenths(_ number: Double?) -> String {
        number.map { "\(($0 * 10).rounded() / 10)" } ?? "-"
    }
}
