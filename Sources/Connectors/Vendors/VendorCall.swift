package import Flow
internal import Liquid

/// What a vendor's code gets for one attempt: the run, what its connection says, and a way to send.
package struct VendorCall: Sendable {
    package let run: ActionRun
    /// Scheme and host, without a slash at the end: the vendor's, or the connection's `api_base`.
    package let base: String
    package let credentials: Credentials
    package let settings: [String: String]
    /// What earlier calls of this run came to, of an action that takes several.
    package let checkpoint: JSON?
    /// An earlier attempt may have reached the vendor, and nobody knows what came of it.
    package let mayHaveActed: Bool
    /// Milliseconds since 1970, at the beginning of the attempt.
    package let time: Int64
    package let timeout: Duration
    private let transport: @Sendable (VendorRequest) async -> VendorAnswer

    package init(
        run: ActionRun, base: String, credentials: Credentials, settings: [String: String] = [:],
        checkpoint: JSON? = nil, mayHaveActed: Bool = false, time: Int64, timeout: Duration = .seconds(10),
        send: @escaping @Sendable (VendorRequest) async -> VendorAnswer
    ) {
        self.run = run
        self.base = base
        self.credentials = credentials
        self.settings = settings
        self.checkpoint = checkpoint
        self.mayHaveActed = mayHaveActed
        self.time = time
        self.timeout = timeout
        transport = send
    }

    package var action: String { run.action.handle }
    /// The run's id: what a vendor that knows idempotency keys is given.
    package var id: String { run.id.description }

    // MARK: Requests

    /// One query parameter or form field.
    package typealias Parameter = (name: String, value: String)

    /// A request below the base.
    ///
    /// - Parameters:
    ///   - path: with its slash; what is put into it must be escaped (`URLText.segment`).
    ///   - body: JSON, whose bytes are the same for each attempt of a run.
    package func request(
        _ method: String, _ path: String, query: [Parameter] = [], headers: [(name: String, value: String)],
        body: JSON? = nil
    ) -> VendorRequest {
        var all = headers
        if body != nil, headers.first(named: "Content-Type") == nil {
            all.append(("Content-Type", "application/json"))
        }
        if headers.first(named: "Accept") == nil { all.append(("Accept", "application/json")) }
        all.append(("Idempotency-Key", id))
        let text = query.isEmpty ? "" : "?\(URLText.query(query))"
        return VendorRequest(
            method: method, url: "\(base)\(path)\(text)", headers: all, body: body?.jsonBytes ?? [],
            timeout: timeout)
    }

    package func send(_ request: VendorRequest) async -> VendorAnswer { await transport(request) }

    /// Sends a request and reads its answer; whatever is no success ends the attempt.
    ///
    /// - Returns: the answer's body as JSON; nil where it is empty or no JSON.
    @discardableResult
    package func send(_ request: VendorRequest, _ table: AnswerTable) async throws(EarlyEnd) -> JSON? {
        try table.success(of: await transport(request), now: time / 1000)
    }

    // MARK: Credentials and settings

    /// A credential that the action can't do without.
    package func credential(_ name: String) throws(EarlyEnd) -> String {
        guard let value = credentials[name] else {
            throw EarlyEnd(.unauthorized(reason: "the connection has no credential \(name)"))
        }
        return value
    }

    package func bearer(or name: String) throws(EarlyEnd) -> String {
        guard let value = credentials.bearer(or: name) else {
            throw EarlyEnd(.unauthorized(reason: "the connection has no credential \(name)"))
        }
        return value
    }

    /// A setting that the action can't do without.
    package func setting(_ name: String) throws(EarlyEnd) -> String {
        guard let value = settings[name] else {
            throw EarlyEnd(.unauthorized(reason: "the connection has no setting \(name)"))
        }
        return value
    }

    // MARK: Inputs

    /// An input as text; nil where it is absent, null or empty.
    package func text(_ key: String) -> String? {
        switch run.properties[key] {
        case nil, .null?: nil
        case .string(let text)?: text.isEmpty ? nil : text
        case .some(let value): value.jsonText
        }
    }

    /// An input that was checked to be there when the workflow was applied, and may have been rendered to nothing.
    package func needed(_ key: String) throws(EarlyEnd) -> String {
        guard let text = text(key) else { throw .rejected("not sent: the input \(key) is empty") }
        return text
    }

    /// An input as a number: rendered inputs may be text.
    package func number(_ key: String) throws(EarlyEnd) -> JSON? {
        guard let text = text(key) else { return nil }
        let number = try? JSONParser.parse(text)  // what is no JSON is no number either
        switch number {
        case .integer?, .decimal?: return number
        default: throw .rejected("not sent: the input \(key) is no number: “\(text.prefix(40))”")
        }
    }

    /// An input as yes or no: rendered inputs may be text.
    package func flag(_ key: String) throws(EarlyEnd) -> Bool? {
        switch text(key) {
        case nil: return nil
        case "true"?: return true
        case "false"?: return false
        case let text?:
            throw .rejected("not sent: the input \(key) is neither true nor false: “\(text.prefix(40))”")
        }
    }

    /// An input that holds JSON as text.
    ///
    /// - Parameter kind: `an object` or `a list`: what it must be.
    package func json(_ key: String, _ kind: String) throws(EarlyEnd) -> JSON? {
        guard let text = text(key) else { return nil }
        let value: JSON
        do throws(JSONError) {
            value = try JSONParser.parse(text)
        } catch {
            throw .rejected("not sent: the input \(key) is no JSON: \(error)")
        }
        guard value.kindName == kind else {
            throw .rejected("not sent: the input \(key) should be \(kind), not \(value.kindName)")
        }
        return value
    }

    /// Items of an input that lists them, separated by commas.
    package func items(_ key: String) -> [String] {
        (text(key) ?? "").split(separator: ",").map { $0.trimmingSpace }.filter { !$0.isEmpty }
    }
}
