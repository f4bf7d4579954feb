import Connectors
import Flow
import Liquid
import Testing

@testable import Connectors

/// A vendor's API and its files, and attempts against its replica without a network.
struct VendorFixture: CustomTestStringConvertible {
    static let run = "019aa000-0000-8000-8000-000000000001"
    /// 2026-11-24T09:30:00Z
    static let time: Int64 = 1_795_512_600_000

    let api: any VendorAPI
    let definition: ConnectorDefinition
    let replica: VendorReplica
    let golden: [GoldenRequest]

    var testDescription: String { definition.id }

    static let all: [VendorFixture] = {
        do {
            let folder = try ResourceFolder.find()
            let catalogue = try Catalogue.builtIn()
            return try Vendors.all.map { try VendorFixture($0, catalogue, folder) }
        } catch {
            Issue.record(error)
            return []
        }
    }()

    private init(_ api: any VendorAPI, _ catalogue: Catalogue, _ folder: ResourceFolder) throws {
        self.api = api
        definition = try #require(catalogue[api.connector])
        replica = try #require(
            try VendorReplica.builtIn(api.connector, in: folder), "Apps/\(api.connector)/api.yaml is missing")
        golden = try GoldenRequest.read(of: api.connector, in: folder)
    }

    /// What an attempt sent, and came to.
    struct Attempt {
        let outcome: VendorOutcome
        let requests: [VendorRequest]
        let replies: [VendorReplica.Reply]
    }

    /// - Parameter choose: the answer to a call; nil = the usual one.
    func attempt(
        _ golden: GoldenRequest, choose: @escaping @Sendable (DocumentedCall) -> String? = { _ in nil }
    ) async throws -> Attempt {
        let base = try #require(api.base(golden.settings))
        let exchange = Exchange(replica, base: base, hasActed: golden.hasActed, choose)
        var run = ActionRun(
            id: try #require(RunID(Self.run)),
            workflowRun: WorkflowRun(
                id: try #require(RunID(Self.run)), workflow: "w", version: 1,
                store: "tea-house.myshopify.com",
                event: EventIdentity(
                    source: "loyaltylion", store: "tea-house.myshopify.com", id: "e1",
                    trigger: TriggerReference(connector: "loyaltylion", handle: "moved-up-tier"))),
            action: ActionReference(connector: api.connector, handle: golden.action), stepID: "step",
            stepPath: "0", properties: golden.inputs, slip: RoutingSlip.end, orderingKey: nil)
        run.eventTime = Self.time - 60_000
        let call = VendorCall(
            run: run, base: base,
            credentials: Credentials(golden.credentials, accessToken: golden.accessToken),
            settings: golden.settings, checkpoint: golden.checkpoint, mayHaveActed: golden.mayHaveActed,
            time: Self.time, send: { await exchange.send($0) })
        let outcome: VendorOutcome
        do throws(EarlyEnd) {
            outcome = try await api.attempt(call)
        } catch {
            outcome = error.outcome
        }
        return await Attempt(outcome: outcome, requests: exchange.requests, replies: exchange.replies)
    }

    private actor Exchange {
        private let replica: VendorReplica
        private let base: String
        private var hasActed: Bool
        private let choose: @Sendable (DocumentedCall) -> String?
        private(set) var requests: [VendorRequest] = []
        private(set) var replies: [VendorReplica.Reply] = []

        init(
            _ replica: VendorReplica, base: String, hasActed: Bool,
            _ choose: @escaping @Sendable (DocumentedCall) -> String?
        ) {
            self.replica = replica
            self.base = base
            self.hasActed = hasActed
            self.choose = choose
        }

        func send(_ request: VendorRequest) -> VendorAnswer {
            requests.append(request)
            let reply = replica.reply(
                to: ReplicaRequest(request, base: base), hasActed: hasActed, choose: choose)
            replies.append(reply)
            if reply.acted { hasActed = true }
            return .response(reply.response)
        }
    }
}
