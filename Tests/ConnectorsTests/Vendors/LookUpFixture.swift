import Flow
import Liquid
import Testing

@testable import Connectors

/// Attempts of an action that may have acted, against answers of a test's own: what a replica can't be, such as pages.
enum LookUpFixture {
    /// - Parameter answer: to the requests one after the other.
    /// - Returns: what came of it, and the method and URL of each request.
    static func attempt(
        _ api: any VendorAPI, _ action: String, inputs: [String: JSON], credentials: Credentials,
        settings: [String: String] = [:], eventTime: Int64? = nil,
        answer: @escaping @Sendable (VendorRequest) -> VendorResponse
    ) async throws -> (outcome: VendorOutcome, requests: [String]) {
        let id = try #require(RunID(VendorFixture.run))
        var run = ActionRun(
            id: id,
            workflowRun: WorkflowRun(
                id: id, workflow: "w", version: 1, store: "tea-house.myshopify.com",
                event: EventIdentity(
                    source: "loyaltylion", store: "tea-house.myshopify.com", id: "e1",
                    trigger: TriggerReference(connector: "loyaltylion", handle: "moved-up-tier"))),
            action: ActionReference(connector: api.connector, handle: action), stepID: "step", stepPath: "0",
            properties: inputs, slip: RoutingSlip.end, orderingKey: nil)
        run.eventTime = eventTime
        let log = Log()
        let call = VendorCall(
            run: run, base: try #require(api.base(settings)), credentials: credentials, settings: settings,
            mayHaveActed: true, time: VendorFixture.time
        ) { request in
            await log.add("\(request.method) \(request.url)")
            return .response(answer(request))
        }
        do throws(EarlyEnd) {
            let outcome = try await api.attempt(call)
            return await (outcome, log.lines)
        } catch {
            return await (error.outcome, log.lines)
        }
    }

    static func json(_ value: JSON, status: Int = 200, isCut: Bool = false) -> VendorResponse {
        VendorResponse(
            status: status, headers: [("Content-Type", "application/json")], body: value.jsonBytes,
            isCut: isCut
        )
    }

    private actor Log {
        private(set) var lines: [String] = []

        func add(_ line: String) {
            lines.append(line)
        }
    }
}
