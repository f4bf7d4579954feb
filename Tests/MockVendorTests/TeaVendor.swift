// A vendor that isn't there, with one call of each sort, for tests of what the mock vendor does with public APIs.

import Flow
import Liquid
import MockVendor

@testable import Connectors

enum TeaVendor {
    /// - Parameter connector: whose name it bears.
    static func replica(_ connector: String = "tea") throws -> VendorReplica {
        try VendorReplica(connector: connector, text: text, file: "tea.yaml")
    }

    static func settings() throws -> MockVendorConfiguration {
        var settings = MockVendorConfiguration()
        settings.replicas = VendorReplicas([try replica()])
        return settings
    }

    private static let text = """
        calls:
          - call: create
            actions: [create-card]
            method: POST
            path: /v1/cards
            headers: {Authorization: "Bearer *", Content-Type: application/json}
            body: {name!: string, key: string, place: integer}
            acts: true
            success: created
            unauthorized: unauthorized
            invalid: invalid
            answers:
              - {name: created, status: 201, headers: {X-Tea: green}, body: {id: c1, run: "{run}"}, outcome: succeeded}
              - {name: ratelimited, status: 429, headers: {Retry-After: "30"}, body: {error: slow}, outcome: retry, after: 30}
              - {name: unauthorized, status: 401, body: {error: who}, outcome: unauthorized}
              - {name: invalid, status: 422, body: {error: what}, outcome: rejected}
              - {name: empty, status: 204, outcome: succeeded}
          - call: find
            actions: [create-card]
            method: GET
            path: /v1/cards/{id}
            headers: {Authorization: "Bearer *"}
            success: found
            missing: none
            answers:
              - {name: found, status: 200, body: {id: c1}, outcome: succeeded}
              - {name: none, status: 404, body: no such card, outcome: proceeded}
          - call: contact
            actions: [add-contact, drop-contact]
            method: PUT
            path: /v1/contacts/
            body: {"*": any}
            acts: true
            success: saved
            answers:
              - {name: saved, status: 200, body: {}, outcome: succeeded}
          - call: begin
            actions: [brew]
            method: POST
            path: /v1/brews
            success: begun
            answers:
              - {name: begun, status: 200, body: {id: b1}, outcome: proceeded}
          - call: finish
            actions: [brew]
            method: POST
            path: /v1/brews/{id}/finish
            acts: true
            success: done
            answers:
              - {name: done, status: 202, body: {}, outcome: succeeded}
        """
}

extension VendorClient {
    /// A call of the tea vendor, as its description wants it where nothing else is said.
    func call(
        _ method: String = "POST", _ path: String = "/v1/cards", run: String? = "r1", token: String? = "t",
        connector: String = "tea", type: String = "application/json", body: JSON? = nil, hangUp: Bool = false
    ) async throws -> RawAnswer {
        var headers: [(String, String)] = [("Content-Type", type)]
        if let run { headers.append(("Idempotency-Key", run)) }
        if let token { headers.append(("Authorization", "Bearer \(token)")) }
        return try await send(
            method, "/api/\(connector)\(path)", headers: headers, body: body?.jsonBytes ?? [], hangUp: hangUp)
    }

    func create(
        run: String? = "r1", token: String? = "t", connector: String = "tea", name: JSON = "Earl Grey",
        hangUp: Bool = false
    ) async throws -> RawAnswer {
        try await call(run: run, token: token, connector: connector, body: ["name": name], hangUp: hangUp)
    }

    func find(run: String = "r1") async throws -> RawAnswer { try await call("GET", "/v1/cards/x", run: run) }
}
