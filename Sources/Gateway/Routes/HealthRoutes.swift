import Hummingbird
import Liquid
import Flow

/// `GET /healthz`: the process answers. `GET /readyz`: it can do its work, which needs the registry and Kafka.
struct HealthRoutes: Sendable {
    let isRegistryRead: @Sendable () -> Bool
    /// What keeps records from being written.
    let fault: @Sendable () async -> String?

    func add(to router: Router<GatewayRequestContext>) {
        router.get("/healthz") { _, _ in Answer(status: 200, json: ["status": "ok"]).response }
        router.get("/readyz") { _, _ in await ready().response }
    }

    private func ready() async -> Answer {
        guard isRegistryRead() else {
            return Problem.unavailable("the registry is not read yet", do: "wait").answer
        }
        if let fault = await fault() {
            return Problem.unavailable(fault, do: "see the gateway's log").answer
        }
        return Answer(status: 200, json: ["status": "ready"])
    }
}
