import ArgumentParser
import Flow
import Foundation
import Kafka
import Logging
import MockVendor
import Pipeline
import TestSupport
import Workers

/// The real sender on a real broker: a waiting topic is filled, a sender is started on it, and then retries become due.
struct BrokerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker",
        abstract: "time until a sender is ready, its memory, and how late its retries are, on a broker")

    @Option(help: "host:port of the broker") var bootstrapServers: String
    @Option(help: "the program to measure") var binary = ".build-release/release/sluice"
    @Option(help: "runs that wait") var count = 1_000_000
    @Option(help: "stores that they are of") var stores = 10_000
    @Option(help: "bytes of each run's text, beside some 500 of its record") var textBytes = 500
    @Option(help: "partitions of each topic") var partitions: Int32 = 12
    @Option(help: "sender.waitingBytes, payloads in memory per partition") var waitingBytes = 16 << 20
    @Option(help: "actions per second that fail once") var rate = 100
    @Option(help: "for so many seconds") var seconds = 60

    func run() async throws {
        var logger = Logger(label: "benchmark")
        logger.logLevel = .critical
        let script = try VendorScript.parse(
            "rules: [{ action: slack/send-message, answers: [503, ok] }]", file: "script")
        let vendor = MockVendorConfiguration(secrets: [Array(Installation.secret.utf8)], script: script)
        let quiet = logger
        try await withMockVendor(vendor, logger: quiet) { vendor, port in
            let installation = try await Installation(self, vendorPort: port, logger: quiet)
            let bare = try await bareMemory(installation, vendor)
            let filling = try await ContinuousClock().measure { try await installation.fill() }
            FileHandle.standardError.write(Data("filled in \(filling.seconds) s\n".utf8))
            let began = ContinuousClock.now
            let sender = try await installation.startSender()
            try await sender.waitForLine(containing: "waiting set rebuilt", within: .seconds(600))
            let ready = ContinuousClock.now - began
            let memory = ResidentMemory(of: sender.pid)
            let errors = try await lateness(installation, vendor)
            let later = ResidentMemory(of: sender.pid)
            try await sender.stop(within: .seconds(30))
            report(ready: ready, bare: bare, memory, later, errors)
        }
    }

    /// Memory of a sender for which nothing waits, once it has carried out some actions.
    private func bareMemory(_ installation: Installation, _ vendor: MockVendor) async throws -> ResidentMemory
    {
        let sender = try await installation.startSender()
        _ = try await installation.produceActions(500)
        try await vendor.log.wait(within: .seconds(120)) { $0.requests >= 1_000 }
        let memory = ResidentMemory(of: sender.pid)
        try await sender.stop(within: .seconds(30))
        return memory
    }

    /// How late each retry reached the vendor, in ms by one clock: the broker's, which runs on this machine.
    private func lateness(_ installation: Installation, _ vendor: MockVendor) async throws -> [Double] {
        let before = vendor.log.stats.requests
        let starts = try await installation.waitingEnds()
        var runs: Set<String> = []
        let clock = ContinuousClock()
        let began = clock.now
        for tick in 0..<(seconds * 10) {
            runs.formUnion(try await installation.produceActions(rate / 10))
            try await clock.sleep(until: began + .milliseconds(100 * (tick + 1)))
        }
        let wanted = before + 2 * runs.count
        try await vendor.log.wait(within: .seconds(180)) { $0.requests >= wanted }
        let due = try await installation.dueTimes(from: starts)
        return vendor.log.entries().filter { $0.attempt == 2 && runs.contains($0.runID) }
            .compactMap { entry in due[entry.runID].map { Double(entry.time - $0) } }.sorted()
    }

    private func report(
        ready: Duration, bare: ResidentMemory, _ memory: ResidentMemory, _ later: ResidentMemory,
        _ errors: [Double]
    ) {
        func percentile(_ share: Double) -> Double {
            errors.isEmpty ? .nan : errors[min(errors.count - 1, Int(Double(errors.count) * share))]
        }
        print(
            """
            {"count": \(count), "stores": \(stores), "partitions": \(partitions), "waiting_bytes": \(waitingBytes), \
            "ready_s": \(ready.seconds), "bare_bytes": \(bare.bytes), "ready_bytes": \(memory.bytes), \
            "ready_peak_bytes": \(memory.peak), "bytes_per_run": \((memory.bytes - bare.bytes) / count), \
            "peak_bytes_per_run": \((memory.peak - bare.bytes) / count), "later_bytes": \(later.bytes), \
            "retries": \(errors.count), "late_ms_first": \(errors.first ?? .nan), "late_ms_p50": \(percentile(0.5)), \
            "late_ms_p99": \(percentile(0.99)), "late_ms_max": \(errors.last ?? .nan)}
            """)
    }
}
