// What a soak came to.

import Pipeline

@testable import sluice

/// Slopes of each worker, and what was lost.
struct SoakResult: Sendable {
    let capacity: Double
    let rate: Double
    /// Samples before it don't count.
    let warmUp: Double
    /// When the last event was sent, by the clock of the samples.
    let end: Double
    /// The workers that are watched, and whether each ran at the end.
    let workers: [String: Bool]
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
        if workers.isEmpty { faults.append("no worker was watched") }
        for (name, isRunning) in workers.sorted(by: { $0.key < $1.key }) {
            if !isRunning { faults.append("\(name) has ended by itself") }
            faults += self.faults(of: name, (series[name] ?? SampleSeries()).after(warmUp))
        }
        return faults
    }

    private func faults(of name: String, _ series: SampleSeries) -> [String] {
        let interval = ProgressText.seconds(SoakRun.interval)
        // On a busy machine a sample takes its time.
        let enough = Int((end - warmUp) / interval / 2)
        guard let last = series.samples.last, series.samples.count >= enough else {
            return ["\(name) has \(series.samples.count) samples after the warm-up, of at least \(enough)"]
        }
        if last.seconds < end - 12 * interval {
            return ["\(name) has no samples in the last \(Int(end - last.seconds)) s"]
        }
        guard let memory = series.memorySlope, let descriptors = series.descriptorSlope else {
            return ["\(name) was watched for too short a time to see growth"]
        }
        var faults: [String] = []
        if memory > SoakRun.memoryBound {
            faults.append("\(name) grows by \(Self.tenths(memory)) MiB an hour")
        }
        if descriptors > SoakRun.descriptorBound {
            faults.append("\(name) opens \(Self.tenths(descriptors)) descriptors an hour")
        }
        return faults
    }

    private static func tenths(_ number: Double?) -> String {
        number.map { "\(($0 * 10).rounded() / 10)" } ?? "-"
    }
}
