// `sluice verify`: whether a cluster keeps what is promised.

import ArgumentParser
import Connectors
import Flow
import Kafka
import Liquid
import Logging
import MockVendor
import Pipeline
import Registry
import UnixSignals

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks on a running cluster that nothing is lost, repeated or out of order.",
        discussion: """
            It writes stores and a workflow of its own into the registry (their names begin with sluice-verify-), emits \
            events, receives their actions itself, and compares what was emitted with what the runs topic tells and with \
            what arrived: lost, repeated, out of a key's order, too early. It takes its set out again. The workers are those \
            that run: kill, stop and restart them meanwhile, and note it in --disturbances, a file of JSON lines such as \
            {"kind": "kill", "time_ms": 1764100000000, "until_ms": 1764100002000, "process": "sender-1"}; kinds: kill, \
            terminate, stop, rebalance, network, broker, vendor. It succeeds only if nothing is lost, every run is delivered, \
            and everything else is explained by them.

              sluice verify
              sluice verify --events 100000 --rate 500 --listen 10.0.0.7:8099 --disturbances done.jsonl
              sluice verify --listen 0.0.0.0:8099 --endpoint http://verify.internal:8099
            """)

    @Option(help: "How many events.")
    var events = 5_000

    @Option(help: "Over how many stores they are spread.")
    var stores = 20

    @Option(help: "Ordering keys in all; each belongs to one store.")
    var keys = 200

    @Option(help: "Events per second.")
    var rate = 100.0

    @Option(help: "Percent of the runs whose first attempts fail.")
    var failures = 10.0

    @Option(help: ArgumentHelp("The trigger; matchers must serve it.", valueName: "connector/trigger"))
    var trigger = "loyaltylion/moved-up-tier"

    @Option(help: ArgumentHelp("The action; senders must serve it.", valueName: "connector/action"))
    var action = "slack/send-message"

    @Option(help: ArgumentHelp("Where this command receives the actions.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 0)

    @Option(
        help: ArgumentHelp(
            "How the senders reach it, where that is another address: http://verify.internal:8099; a path only for a proxy "
                + "that takes it away.",
            valueName: "url"))
    var endpoint: String?

    @Option(
        help: ArgumentHelp(
            "What was done to the workers meanwhile, as JSON lines; read at the end.", valueName: "file"))
    var disturbances: String?

    @Option(help: "The senders' sender.openLimit: what a kill may repeat.")
    var openLimit = 2_000

    @Option(
        help: "Seconds to wait for the ends after the last event, and for any end while no more can be sent.")
    var timeout = 120

    @Option(help: "Seconds to wait for workers that carry out the first events.")
    var readyTimeout = 60

    @Flag(help: "Leave the stores and the workflow in the registry.")
    var keep = false

    @Flag(
        help: ArgumentHelp(
            "Take out what verifications have left in the registry, and do nothing else. It takes those that are under way "
                + "elsewhere, too, whose runs are held then."))
    var clean = false

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try OptionRange.check(events, in: 1...100_000_000, option: "--events")
        try OptionRange.check(stores, in: 1...10_000, option: "--stores")
        try OptionRange.check(keys, in: 1...1_000_000, option: "--keys")
        try OptionRange.check(rate, in: 0.1...100_000, option: "--rate")
        try OptionRange.check(failures, in: 0...100, option: "--failures")
        try OptionRange.check(openLimit, in: 1...100_000, option: "--open-limit")
        try OptionRange.check(timeout, in: 1...86_400, option: "--timeout")
        try OptionRange.check(readyTimeout, in: 1...3_600, option: "--ready-timeout")
        if let fault = VerificationEndpoint.fault(listen: listen, endpoint: endpoint) {
            throw ValidationError(fault)
        }
    }

    func run() async throws {
        let settings = try await common.settings()
        let set = VerificationSet(settings: settings)
        if clean {
            let count = try await set.remove(VerificationPlan.nameStart)
            return try output.printer.print(
                json: ["removed": .integer(Int64(count))],
                text: "\(count.counted("entity", "entities")) removed from the registry"
            )
        }
        let file = disturbances.map { DisturbanceFile(path: $0) }
        try file?.check()
        // Before anything that only a registry knows.
        _ = try settings.kafka()
        let names = [trigger, action].compactMap { $0.split(separator: "/").first.map(String.init) }
        let plan = try VerificationPlan(
            trigger: trigger, action: action, stores: stores, keys: keys,
            catalogue: try await KnownConnectors.catalogue(naming: names, settings))
        try await TopicCheck.run(plan.topics(settings.topics), settings.kafka(), settings.logger)
        let secret = RegistryWriter.randomNonce()
        let vendor = MockVendorConfiguration(
            host: listen.host, port: listen.port, secrets: [Array(secret.utf8)], logEntryLimit: 1_000,
            newsLimit: Verification.newsLimit)
        try await withMockVendor(vendor, logger: settings.logger) { vendor, _ in
            let own = try await vendor.endpoint(of: plan.action.connector)
            let url =
                endpoint.map { VerificationEndpoint.url($0, connector: plan.action.connector) } ?? own
            try await set.apply(plan, endpoint: url, secret: secret)
            let end = await unlessStopped { try await verify(plan, vendor, url, file, settings) }
            await cleanUp(set, plan, isOver: end.isOver)
            try end.result.get()
        }
    }

    /// How a verification ended.
    private struct End: Sendable {
        /// Whether nothing of it is under way any more.
        let isOver: Bool
        let result: Result<Void, any Error>
    }

    /// A set that is left harms nobody, and says what it is. The connections stay as long as runs need them: without one a
    /// run is held, for good.
    private func cleanUp(_ set: VerificationSet, _ plan: VerificationPlan, isOver: Bool) async {
        guard !keep else { return Terminal.complain("left in the registry: \(plan.name)") }
        do {
            try await set.remove(plan.name, keepsConnections: !isOver)
            guard !isOver else { return }
            Terminal.complain(
                "runs of \(plan.name) are still under way, so that its connections are left for them; when those runs have "
                    + "ended, take them out with: sluice verify --clean")
        } catch {
            Terminal.complain(
                "\(plan.name) is still in the registry (\(error)); take it out with: sluice verify --clean")
        }
    }

    /// Ends the body at SIGINT and SIGTERM, so that what it made can be taken out.
    private func unlessStopped(_ body: @escaping @Sendable () async throws -> End) async -> End {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return await withTaskGroup(of: End?.self) { group in
            group.addTask {
                do {
                    return try await body()
                } catch {
                    return End(isOver: false, result: .failure(error))
                }
            }
            group.addTask {
                // No signal: the body is done, and has cancelled this.
                guard let signal = await signals.first(where: { _ in true }) else { return nil }
                let error = CommandError.failed(
                    "stopped by \(signal) before the end, so that nothing is verified")
                return End(isOver: false, result: .failure(error))
            }
            defer { group.cancelAll() }
            return (await group.next() ?? nil) ?? End(isOver: false, result: .failure(CancellationError()))
        }
    }

    private func verify(
        _ plan: VerificationPlan, _ vendor: MockVendor, _ url: String, _ file: DisturbanceFile?,
        _ settings: Settings
    ) async throws -> End {
        var rules = CheckRules()
        rules.openLimit = openLimit
        // The workers' own, where this command has their configuration.
        rules.session = .milliseconds(
            try ScopedSettings(settings.config, "consumer").integer("sessionTimeoutMs", default: 10_000))
        rules.requestTimeout = .seconds(
            try ScopedSettings(settings.config, "sender").integer("timeoutSeconds", default: 10))
        let verification = try Verification(
            plan, kafka: settings.kafka(), topics: settings.topics, vendor: vendor, rules: rules,
            logger: settings.logger)
        do {
            try await verification.begin()
            try output.printer.say("\(plan.name): waiting for the workers …")
            try await verification.probe(endpoint: url, within: .seconds(readyTimeout))
            vendor.script = FailureScript.make(percent: failures)
            let began = ContinuousClock.now
            let lateFault = try await emit(verification)
            let (noted, fileFault) = file?.read() ?? ([], nil)
            for disturbance in noted { verification.note(disturbance) }
            let report = lateFault == nil ? verification.finish() : verification.report
            let elapsed = began.duration(to: .now)
            try output.printer.print(
                json: report.json(elapsed: elapsed, isComplete: lateFault == nil),
                text: report.text(elapsed: elapsed))
            await verification.close()
            return End(
                isOver: verification.outstanding == 0,
                result: Result {
                    if let fault = lateFault ?? fileFault { throw fault }
                    try report.throwIfUnsound()
                })
        } catch {
            await verification.close()
            throw error
        }
    }

    /// Emits, and follows the events to their ends.
    ///
    /// - Returns: what broke it off, so that what was found until then is still shown.
    private func emit(_ verification: Verification) async throws -> (any Error)? {
        do {
            try await follow(verification)
            return nil
        } catch {
            try Task.checkCancellation()
            return error
        }
    }

    private func follow(_ verification: Verification) async throws {
        let progress = Progress(total: events, of: "events")
        try await progress.whileShown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await verification.follow() }
                group.addTask {
                    let sent = try await verification.emit(
                        events, rate: rate, patience: .seconds(timeout), progress: { progress.add($0) })
                    let isSettled =
                        sent == events ? await verification.settle(within: .seconds(timeout)) : false
                    if !isSettled { try await verification.inquire() }
                    // What a worker sends again comes after the ends.
                    try await Task.sleep(for: .seconds(1))
                    guard sent == events else {
                        throw CommandError.failed(
                            "no run ended for \(timeout) s, so that only \(sent) of \(events.counted("event")) were sent",
                            do: "check that the workers run")
                    }
                }
                defer { group.cancelAll() }
                // Following ends only with an error.
                try await group.next()
            }
        }
    }
}
