import Connectors
import Flow

enum FlowActionFixtures {
    static let id = "0f9c1d7e-5b1e-8d0a-9f55-6a0b6c0f3b21"

    static func run(_ properties: [String: JSON]) throws -> ActionRun {
        let id = RunID(id) ?? RunID(high: 0, low: 0)
        let store = "tea-house.myshopify.com"
        let event = EventIdentity(
            source: "loyaltylion", store: store, id: "e1",
            trigger: TriggerReference(connector: "loyaltylion", handle: "birthday-today"))
        return ActionRun(
            id: id,
            workflowRun: WorkflowRun(id: id, workflow: "birthdays", version: 3, store: store, event: event),
            action: ActionReference(connector: "loyaltylion", handle: "add-points"), stepID: "give",
            stepPath: "0",
            properties: properties, slip: .end, orderingKey: nil)
    }

    static func response(_ status: Int, _ headers: [(name: String, value: String)] = [], _ body: String = "")
        -> VendorAnswer
    {
        .response(VendorResponse(status: status, headers: headers, body: Array(body.utf8)))
    }
}
