import Flow
import Liquid
import Testing

@testable import Gateway

@Suite struct FlowTriggerMutationTests {
    private static func mutation(
        _ document: String, _ variables: JSON = [:], name: String? = nil
    ) throws -> FlowTriggerMutation {
        let json: JSON = .compact([
            "query": .string(document), "variables": variables, "operationName": name.map { .string($0) },
        ])
        return try FlowTriggerMutation(try GraphQLRequest(json: json.jsonBytes))
    }

    /// As apps of the template send it.
    @Test func `a client's document with variables is read`() throws {
        let mutation = try Self.mutation(
            """
            #graphql
              mutation FlowTriggerReceive($handle: String!, $payload: JSON!) {
                flowTriggerReceive(handle: $handle, payload: $payload) {
                  userErrors { field message }
                }
              }
            """, ["handle": "moved-up-tier", "payload": ["customer_id": 77, "Email type": "x"]])
        #expect(mutation.calls.map(\.key) == ["flowTriggerReceive"])
        let arguments = FlowTriggerArguments(
            handle: "moved-up-tier", payload: ["customer_id": 77, "Email type": "x"])
        #expect(mutation.calls.map(\.arguments) == [arguments])
    }

    @Test func `variables may stand within a payload, and null is as good as nothing`() throws {
        let mutation = try Self.mutation(
            """
            mutation M($id: ID!, $name: String, $body: String, $none: JSON) {
              a: flowTriggerReceive(handle: "x", payload: {customer_id: $id, name: $name, list: [$id]}, body: $body)
                { userErrors { message } }
              b: flowTriggerReceive(handle: null, payload: $none, body: "{}") { userErrors { message } }
            }
            """, ["id": 77, "none": nil])
        #expect(
            mutation.calls.map(\.arguments) == [
                FlowTriggerArguments(handle: "x", payload: ["customer_id": "77", "list": ["77"]]),
                FlowTriggerArguments(body: "{}"),
            ])
    }

    @Test func `the answer has what was selected, under its names`() throws {
        let mutation = try Self.mutation(
            """
            mutation {
              kind: __typename
              one: flowTriggerReceive(body: "1") {
                __typename errors: userErrors { field } errors: userErrors { text: message __typename }
              }
              flowTriggerReceive(body: "2") { userErrors { field message } }
            }
            """)
        let answers: [JSON] = [
            ["userErrors": [["field": ["body"], "message": "m"]]], ["userErrors": []],
        ]
        #expect(
            mutation.data(answers) == [
                "kind": "Mutation",
                "one": [
                    "__typename": "FlowTriggerReceivePayload",
                    "errors": [["field": ["body"], "text": "m", "__typename": "UserError"]],
                ], "flowTriggerReceive": ["userErrors": []],
            ])
    }

    @Test func `of several operations the named one counts`() throws {
        let document = """
            query Shop { shop { name } }
            mutation Send { flowTriggerReceive(body: "x") { userErrors { message } } }
            """
        #expect(try Self.mutation(document, name: "Send").calls.count == 1)
        let query = try #require(throws: GraphQLFault.self) { try Self.mutation(document, name: "Shop") }
        #expect(query.message == "query is not supported here, only the mutation flowTriggerReceive")
        #expect(query.place == GraphQLPlace(line: 1, column: 1))
    }

    private static let tail = "{ userErrors { message } }"

    @Test(arguments: [
        ("{ shop { name } }", 1, "query is not supported here, only the mutation flowTriggerReceive"),
        ("subscription { a }", 1, "subscription is not supported here"),
        ("mutation { orderCreate(a: 1) { id } }", 12, "Field 'orderCreate' doesn't exist on type 'Mutation'"),
        ("mutation { flowTriggerReceive(body: \"x\") }", 12, "Field must have selections"),
        (
            "mutation { flowTriggerReceive { errors } }", 33,
            "'errors' doesn't exist on type 'FlowTriggerReceivePayload'"
        ),
        ("mutation { flowTriggerReceive { userErrors } }", 33, "returns UserError but has no selections"),
        (
            "mutation { flowTriggerReceive { userErrors { code } } }", 46,
            "'code' doesn't exist on type 'UserError'"
        ),
        (
            "mutation { flowTriggerReceive { userErrors { message { a } } } }", 46,
            "Selections can't be made on scalars"
        ),
        (
            "mutation { flowTriggerReceive { userErrors(first: 1) { field } } }", 44,
            "doesn't accept argument 'first'"
        ),
        ("mutation { flowTriggerReceive { userErrors { a: field a: message } } }", 55, "a field conflict"),
        ("mutation { flowTriggerReceive(shop: 1) \(tail) }", 31, "doesn't accept argument 'shop'"),
        (
            "mutation { flowTriggerReceive(handle: 5) \(tail) }", 31,
            "invalid value (an integer). Expected type 'String'"
        ),
        ("mutation { flowTriggerReceive(handle: up) \(tail) }", 39, "“up” should stand in quotes"),
        ("mutation { flowTriggerReceive(payload: {a: [RED]}) \(tail) }", 45, "“RED” should stand in quotes"),
        ("mutation { flowTriggerReceive(body: {a: 1}) \(tail) }", 31, "invalid value (an object)"),
        ("mutation { flowTriggerReceive(body: $b) \(tail) }", 37, "Variable $b is used but not declared"),
        (
            "mutation M($b: JSON) { flowTriggerReceive(body: $b) \(tail) }", 43,
            "Type mismatch on variable $b and argument body (JSON / String)"
        ),
        (
            "mutation M($b: String) { flowTriggerReceive(payload: $b) \(tail) }", 45,
            "Type mismatch on variable $b and argument payload (String / JSON)"
        ),
        (
            "mutation { a: flowTriggerReceive \(tail) a: flowTriggerReceive \(tail) }", 61,
            "Two fields are called 'a'"
        ),
        (
            "mutation M($b: String!) { flowTriggerReceive(body: $b) \(tail) }", 12,
            "Expected value to not be null"
        ),
    ])
    func `what is not served is refused, by name and place`(document: String, column: Int, text: String)
        throws
    {
        let fault = try #require(throws: GraphQLFault.self) { try Self.mutation(document) }
        #expect(fault.message.contains(text), "\(fault.message)")
        #expect(fault.place == GraphQLPlace(line: 1, column: column))
    }

    @Test func `ten fields are taken, and not eleven`() throws {
        func document(_ count: Int) -> String {
            let fields = (1...count).map { "f\($0): flowTriggerReceive(body: \"x\") \(Self.tail)" }
            return "mutation { \(fields.joined(separator: "\n")) }"
        }
        #expect(try Self.mutation(document(10)).calls.map(\.key) == (1...10).map { "f\($0)" })
        let fault = try #require(throws: GraphQLFault.self) { try Self.mutation(document(11)) }
        #expect(fault.message == "More than 10 fields flowTriggerReceive in one mutation")
        #expect(fault.place == GraphQLPlace(line: 11, column: 1))
    }

    @Test(arguments: [
        ("", "not JSON"), ("[]", "has no text “query”"), (#"{"query": 5}"#, "has no text “query”"),
        (#"{"query": "", "variables": "{}"}"#, "“variables” is a string"),
        (#"{"query": "", "operationName": 5}"#, "“operationName” is an integer"),
    ])
    func `a request of another form is none`(body: String, text: String) throws {
        let problem = try #require(throws: Problem.self) { try GraphQLRequest(json: Array(body.utf8)) }
        #expect(problem.status == 400)
        #expect(problem.detail.contains(text))
    }
}
