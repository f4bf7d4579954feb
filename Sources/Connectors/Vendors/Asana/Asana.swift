internal import Flow
internal import Liquid

/// Asana's REST API. Facts and sources: `Apps/asana/README.md`.
package struct Asana: VendorAPI {
    package let connector = "asana"

    package init() {}

    package func base(_ settings: [String: String]) -> String? { "https://app.asana.com" }

    /// `create-task` → `POST /tasks`. Over OAuth the task carries the run's id, and one that may have been made is looked
    /// for first; a personal access token can do neither.
    package func attempt(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        let headers = [(name: "Authorization", value: try call.bearer(or: "token"))]
        let isOAuth = Self.isOAuth(call.credentials)
        let task = JSON.compact([
            "name": .string(try call.needed("name")),
            "projects": .array([.string(try call.needed("projectGid"))]),
            "workspace": call.text("workspaceGid").map { .string($0) },
            "notes": call.text("notes").map { .string($0) },
            "assignee": call.text("assignee").map { .string($0) },
            "due_on": call.text("dueOn").map { .string($0) },
            "external": isOAuth ? ["gid": .string(call.id)] : nil,
        ])
        if call.mayHaveActed, isOAuth {
            let path = "/api/1.0/tasks/external:\(URLText.segment(call.id))"
            let found = try await call.send(call.request("GET", path, headers: headers), Self.lookUp)
            if let made = found?["data"] { return .succeeded(returned: Self.returned(made)) }
        }
        let request = call.request("POST", "/api/1.0/tasks", headers: headers, body: ["data": task])
        let answer = try await call.send(request, Self.table)
        return .succeeded(returned: Self.returned(answer?["data"]))
    }

    /// Tasks are found by our ids for apps only.
    package func canLook(_ credentials: Credentials, _ settings: [String: String]) -> Bool {
        Self.isOAuth(credentials)
    }

    private static func isOAuth(_ credentials: Credentials) -> Bool { credentials.accessToken != nil }

    private static func returned(_ task: JSON?) -> JSON {
        .compact(["gid": task?["gid"], "permalink_url": task?["permalink_url"]])
    }

    private static func hasTask(_ body: JSON?) -> Bool { body?["data"]?["gid"]?.stringValue != nil }

    private static let table = AnswerTable(success: [201]) { response, body in
        guard response.status == 201, !hasTask(body) else { return nil }
        return .rejected("HTTP 201, but the answer is no task of Asana's")
    }

    /// 404 = there is no such task. An answer that can't be read leaves the doubt.
    private static let lookUp = AnswerTable(success: [200, 404], isHarmless: true) { response, body in
        guard response.status == 200, !hasTask(body) else { return nil }
        return .retry("HTTP 200, but the answer is no task of Asana's", .broken)
    }
}
