import ArgumentParser
import Connectors
import Flow
import Foundation
import Liquid
import MockVendor
import Pipeline
import Registry
import TestSupport
import Testing

@testable import sluice

/// What a verification sends, how it asks whether workers are there, and how it is shown.
@Suite struct VerificationTests {
    private static func plan(stores: Int = 3, keys: Int = 7) throws -> VerificationPlan {
        try VerificationPlan(
            trigger: "loyaltylion/moved-up-tier", action: "slack/send-message", stores: stores, keys: keys,
            catalogue: Catalogue.builtIn(), name: "sluice-verify-x")
    }

    @Test func `each key belongs to one store, and its events come in the order of their numbers`() throws {
        let plan = try Self.plan()
        var stores: [String: Set<String>] = [:]
        for number in 0..<100 {
            let (event, key) = plan.event(number)
            stores[key, default: []].insert(event.identity.store)
            #expect(event.payload["verify_key"]?.stringValue == key)
        }
        #expect(stores.count == 7 && stores.values.allSatisfy { $0.count == 1 })
        #expect(Set(stores.values.flatMap { $0 }) == Set(plan.stores))
    }

    @Test func `there are at least as many keys as stores`() throws {
        let plan = try Self.plan(stores: 5, keys: 1)
        #expect(Set((0..<5).map { plan.event($0).event.identity.store }).count == 5)
    }

    @Test func `what can't be sent is refused`() throws {
        let catalogue = try Catalogue.builtIn()
        func plan(_ trigger: String, _ action: String) throws {
            _ = try VerificationPlan(
                trigger: trigger, action: action, stores: 1, keys: 1, catalogue: catalogue)
        }
        #expect(throws: CommandError.self) { try plan("loyaltylion/nothing", "slack/send-message") }
        #expect(throws: CommandError.self) { try plan("loyaltylion/moved-up-tier", "slack/nothing") }
        let returning = catalogue.connectors.flatMap { connector in
            connector.actions.filter { $0.returns != nil }.map { "\(connector.id)/\($0.handle)" }
        }
        for action in returning {
            #expect(throws: CommandError.self) { try plan("loyaltylion/moved-up-tier", action) }
        }
    }

    @Test(arguments: [0.0, 10, 50, 100])
    func `the share of the runs that fail at first is what was asked for`(percent: Double) {
        let script = FailureScript.make(percent: percent)
        let failed = (0..<5_000).count { number in
            let answer = script.answer(
                connector: "slack", handle: "send-message", store: "s", runID: "run-\(number)", attempt: 1)
            return answer != .ok
        }
        #expect(abs(Double(failed) / 50 - percent) < 2.5)
    }

    // MARK: Probes

    private static func report(_ event: EventIdentity, workflow: String?) -> RunsReader.Item {
        let started = workflow.map {
            RunRecord.EventReport.Started(
                run: .workflowRun(store: event.store, source: event.source, event: event.id, workflow: $0),
                workflow: $0, version: 1)
        }
        return .run(
            .event(
                .init(
                    event: event, place: RecordPlace(topic: "t", partition: 0, offset: 0),
                    started: started.map { [$0] } ?? [], refused: started == nil ? "unknown-store" : nil)))
    }

    private static func attempt(
        _ plan: VerificationPlan, _ event: EventIdentity, _ outcome: String, _ reason: String?, _ end: RunEnd?
    ) -> RunsReader.Item {
        let run = WorkflowRun(
            id: .workflowRun(
                store: event.store, source: event.source, event: event.id, workflow: plan.workflow),
            workflow: plan.workflow, version: 1, store: event.store, event: event)
        let action = ActionRun(
            id: .actionRun(
                store: event.store, source: event.source, event: event.id, workflow: plan.workflow,
                stepPath: "0"),
            workflowRun: run, action: plan.action, stepID: "send", stepPath: "0", properties: [:],
            slip: RoutingSlip(rest: [], context: [:]), orderingKey: nil)
        return .run(
            .attempt(
                .init(
                    run: action, attempt: 1, outcome: outcome, reason: reason, duration: .zero, delay: nil,
                    end: end)))
    }

    @Test func `a probe that came too early is sent again, and the end of all is seen`() throws {
        let plan = try Self.plan(stores: 1)
        let (store, event) = (plan.store(0), plan.probe(plan.store(0), 1).identity)
        var probes = VerificationProbes(plan)
        probes.sent(store)
        #expect(probes.unknown.isEmpty)
        probes.take(Self.report(event, workflow: nil))
        #expect(probes.unknown == [store])
        probes.sent(store)
        probes.take(Self.report(event, workflow: plan.workflow))
        #expect(probes.unknown.isEmpty && !probes.isOver)
        let run = WorkflowRun(
            id: .workflowRun(store: store, source: event.source, event: event.id, workflow: plan.workflow),
            workflow: plan.workflow, version: 1, store: store, event: event)
        probes.take(.run(.end(.init(run: run, end: .succeeded, reason: nil))))
        #expect(probes.isOver)
    }

    @Test func `what is missing is told by how far a probe came`() throws {
        let plan = try Self.plan(stores: 1)
        let (store, event) = (plan.store(0), plan.probe(plan.store(0), 1).identity)
        func remedy(_ items: [RunsReader.Item]) -> String {
            var probes = VerificationProbes(plan)
            probes.sent(store)
            for item in items { probes.take(item) }
            let fault =
                probes.fault(endpoint: "http://x")
                ?? probes.lateFault(endpoint: "http://x", after: .seconds(1))
            return fault.remedy ?? ""
        }
        let matched = Self.report(event, workflow: plan.workflow)
        #expect(remedy([]).contains("run matcher"))
        #expect(remedy([Self.report(event, workflow: nil)]).contains("prefix"))
        #expect(remedy([matched]).contains("run sender"))
        func attempted(_ outcome: String, _ reason: String, _ end: RunEnd?) -> String {
            remedy([matched, Self.attempt(plan, event, outcome, reason, end)])
        }
        let refused = "not sent: the endpoint leads to 127.0.0.1, which sender.allowedNetworks doesn't name"
        #expect(attempted("rejected", refused, .rejected).contains("SLUICE_SENDER_ALLOWED_NETWORKS"))
        #expect(attempted("retry", "no answer: refused", nil).contains("--endpoint"))
        #expect(attempted("held", "no key opens it", nil).contains("SLUICE_SECRETS_KEYS"))
    }

    // MARK: Files and options

    @Test func `a URL without a path gets the endpoint's, and one with a path is left alone`() {
        func url(_ text: String) -> String { VerificationEndpoint.url(text, connector: "slack") }
        #expect(url("http://verify.internal:8099") == "http://verify.internal:8099/flow/slack")
        #expect(url("http://[::1]:8099/") == "http://[::1]:8099/flow/slack")
        #expect(url("https://edge.internal/verify") == "https://edge.internal/verify")
        #expect(url("nonsense") == "nonsense")
    }

    @Test func `listening on every address needs the one that senders use`() throws {
        for host in ["0.0.0.0", "::", "0", "0:0:0:0:0:0:0:0"] {
            let listen = ListenAddress(host: host, port: 8099)
            #expect(VerificationEndpoint.fault(listen: listen, endpoint: nil)?.contains("--endpoint") == true)
            #expect(VerificationEndpoint.fault(listen: listen, endpoint: "http://verify.internal") == nil)
        }
        for host in ["127.0.0.1", "10.0.0.0", "::1", "localhost"] {
            #expect(
                VerificationEndpoint.fault(listen: ListenAddress(host: host, port: 1), endpoint: nil) == nil)
        }
        #expect(throws: (any Error).self) { try VerifyCommand.parse(["--listen", "0.0.0.0:8099"]) }
        _ = try VerifyCommand.parse(["--listen", "0.0.0.0:8099", "--endpoint", "http://verify.internal:8099"])
    }

    @Test func `an address to listen on`() {
        #expect(ListenAddress(argument: "10.0.0.7:80") == ListenAddress(host: "10.0.0.7", port: 80))
        #expect(ListenAddress(argument: "[::1]:0") == ListenAddress(host: "::1", port: 0))
        for text in ["x", ":80", "h:", "h:70000", "h:-1"] { #expect(ListenAddress(argument: text) == nil) }
    }

    @Test func `removals are of the verification alone, in an order that the registry can follow`() throws {
        var directory = Directory()
        func add(_ kind: RegistryEntry.Kind, _ id: String, _ body: JSON) {
            directory.apply(RegistryEntry(kind: kind, id: id, version: 1, nonce: "n", body: body))
        }
        for name in ["sluice-verify-x", "tea"] {
            let store = "\(name)-1.invalid"
            add(.organization, name, Organization(id: name, name: nil).body)
            add(
                .store, store,
                Store(
                    domain: store, organization: name, shopID: nil, isSluiceInstalled: true, apps: ["slack"]
                ).body)
            let connection = Connection(
                connector: "slack", store: store, endpoint: "https://a.b", secrets: [])
            add(.connection, connection.id, connection.body)
        }
        let removals = VerificationSet.removals(of: "sluice-verify-x", in: directory)
        #expect(removals.map(\.kind) == [.connection, .store, .organization])
        #expect(removals.allSatisfy { $0.id.contains("sluice-verify-x") && $0.body == nil })
    }
}
