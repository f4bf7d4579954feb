import Flow
import Liquid

@testable import Connectors
@testable import Gateway

extension FuzzTarget {
    static let requests = [graphQL, triggerBody]

    private static let connector = (try? Catalogue.builtIn())?["loyaltylion"]

    private static func check(_ arguments: FlowTriggerArguments) throws -> JSON {
        guard let connector else { throw FuzzViolation("the catalogue can't be read") }
        let reading = FlowTriggerReading(arguments, of: connector, limit: 50_000)
        switch reading {
        case .event(let trigger, let payload):
            guard payload.jsonBytes.count <= 50_000,
                trigger.validate(payload, types: connector.types).isEmpty,
                (try? JSONParser.parse(payload.jsonBytes, depthLimit: TriggerEvent.payloadDepth)) != nil
            else { throw FuzzViolation("an event that the matcher would not take: \(payload)") }
        case .refused(_, let message):
            guard message.utf8.count < 50_000 else {
                throw FuzzViolation("a message of \(message.utf8.count) bytes")
            }
        }
        return reading.answer
    }

    /// A document, and its variables as JSON.
    private static let graphQL = FuzzTarget(
        name: "graphql",
        samples: [
            FuzzInput(
                """
                #graphql
                mutation FlowTriggerReceive($handle: String!, $payload: JSON! = {a: [1, -2.5e3, true, null]}) {
                  flowTriggerReceive(handle: $handle, payload: $payload) { userErrors { field, message } }
                }
                """, #"{"handle": "moved-up-tier", "payload": {"customer_id": 77, "tierName": "Gold"}}"#),
            FuzzInput(
                #"mutation { a: flowTriggerReceive(handle: "moved-up-tier", payload: {customer_id: 1, tierName: "G\u00e9\ud83c\udf75"}) { userErrors { message } } __typename }"#,
                "{}"),
            FuzzInput(
                "mutation M($t: ID, $l: [String!]) { b: flowTriggerReceive(handle: \"x\", payload: {t: $t, l: [$l, $l]}) { __typename } } query Q { shop { name } }",
                #"{"t": 5, "l": "one"}"#, "M"),
            FuzzInput(
                #"mutation { flowTriggerReceive(body: """{"trigger_id": "moved-up-tier", "properties": {}}""") { userErrors { field } } }"#,
                "null"),
        ]
    ) { input in
        let lines = input.text.utf8.count { $0 == 0x0A || $0 == 0x0D } + 1
        do throws(GraphQLFault) {
            _ = try GraphQLParser.parse(input.text)
        } catch {
            guard let place = error.place else { return false }
            guard (1...lines).contains(place.line), place.column >= 1 else {
                throw FuzzViolation("a place outside of the document: \(place)")
            }
            return false
        }
        let members: [String: JSON?] = [
            "query": .string(input.text), "variables": try? JSONParser.parse(input.text(1)),
            "operationName": input.parts.count > 2 ? JSON.string(input.text(2)) : JSON?.none,
        ]
        guard let request = try? GraphQLRequest(json: JSON.compact(members).jsonBytes),
            let mutation = try? FlowTriggerMutation(request)
        else { return false }
        guard mutation.calls.count <= FlowTriggerMutation.limit else {
            throw FuzzViolation("\(mutation.calls.count) calls")
        }
        let data = mutation.data(try mutation.calls.map { try check($0.arguments) })
        guard data.jsonBytes.count < 4 << 20 else { throw FuzzViolation("a large answer") }
        return true
    }

    private static let triggerBody = FuzzTarget(
        name: "trigger body",
        samples: [
            FuzzInput(
                #"{"trigger_id": "moved-up-tier", "properties": {"customer_id": 77, "tierName": "Gold"}}"#),
            FuzzInput(
                #"{"trigger_title": "Customer moved up a tier", "trigger_id": "moved-up-tier", "resources": [{"name": "n", "url": "https://example.com/1"}], "properties": {"customer_id": "77", "tierName": "é"}}"#
            ),
        ]
    ) { input in
        try check(FlowTriggerArguments(body: input.text))["userErrors"]?.arrayValue?.isEmpty == true
    }
}
