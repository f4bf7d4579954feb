import Flow
import Testing

@testable import Connectors

@Suite struct ScribelessTests {
    /// With the policy `ask` a doubt goes to a person, and nothing else does.
    @Test(arguments: [
        ("traffic_spike", false), ("busy", false), ("broken", true), ("none", true), ("unreadable", true),
    ])
    func `what may have made a letter leaves a doubt`(answer: String, leavesDoubt: Bool) async throws {
        let vendor = try #require(VendorFixture.all.first { $0.api.connector == "scribeless" })
        let attempt = try await vendor.attempt(try #require(vendor.golden.first)) { _ in answer }
        guard case .ended(.retry(_, _, let cause)) = attempt.outcome else {
            Issue.record("\(attempt.outcome)")
            return
        }
        #expect(cause.leavesDoubt == leavesDoubt)
    }
}
