internal import Flow
internal import Liquid

/// One call of a vendor's API as its documentation describes it: how it is asked, and what it may answer.
package struct DocumentedCall: Sendable {
    package let name: String
    /// The actions that make this call; empty = all of the connector's.
    package let actions: [String]
    package let method: String
    /// Segments, of which `{…}` stands for any one.
    private let path: [Substring]
    /// Headers and query parameters that must be there; a `*` at the end of a value stands for any rest.
    private let headers: [String: String]
    private let query: [String: String]
    private let body: BodyShape?
    /// Whether the body is a form instead of JSON.
    private let isForm: Bool
    /// The calls of this name that succeed make something that a look for it finds.
    package let acts: Bool
    /// Whatever became of a call of this name, it may be made again.
    package let isHarmless: Bool
    /// What is answered where all is well, where the credentials are missing, and where the request doesn't fit.
    package let success: String
    package let unauthorized: String?
    package let invalid: String?
    /// Of a look for what was made: the answer where nothing is found.
    package let missing: String?
    package let answers: [DocumentedAnswer]

    package func answer(_ name: String) -> DocumentedAnswer? { answers.first { $0.name == name } }

    func isAsked(_ method: String, _ path: [Substring]) -> Bool {
        method == self.method && path.count == self.path.count
            && zip(path, self.path).allSatisfy { $0 == $1 || $1.hasPrefix("{") && $1.hasSuffix("}") }
    }

    /// What is wrong with the credentials: a header or parameter that isn't as it must be.
    func credentialFault(_ request: ReplicaRequest) -> String? {
        for (name, pattern) in headers.sorted(by: { $0.key < $1.key }) {
            guard let value = request.header(name), Self.fits(value, pattern) else {
                return "the header \(name) should be \(pattern)"
            }
        }
        for (name, pattern) in query.sorted(by: { $0.key < $1.key }) {
            guard let value = request.query[name], Self.fits(value, pattern) else {
                return "the parameter \(name) should be \(pattern)"
            }
        }
        return nil
    }

    /// What is wrong with the body.
    func bodyFault(_ request: ReplicaRequest) -> String? {
        guard let body else { return request.body.isEmpty ? nil : "a body came where none is wanted" }
        if isForm {
            return body.fault(in: .object(URLText.form(request.body).mapValues { .string($0) }))
        }
        guard let value = try? JSONParser.parse(request.body) else { return "the body is no JSON" }
        return body.fault(in: value)
    }

    /// A `*` stands for any rest; behind a scheme word, as in `Bearer *`, there must be one.
    private static func fits(_ value: String, _ pattern: String) -> Bool {
        guard pattern.hasSuffix("*") else { return value == pattern }
        let start = pattern.dropLast()
        let wantsRest = start.isEmpty || start.hasSuffix(" ")
        return value.hasPrefix(start) && (!wantsRest || value.utf8.count > start.utf8.count)
    }

    init?(_ reader: DocumentReader) {
        let name = reader.string("call")
        let method = reader.string("method")
        let path = reader.string("path")
        actions = reader.strings("actions")
        headers = Self.texts("headers", reader)
        query = Self.texts("query", reader)
        let form = reader.optional("form")
        isForm = form != nil
        body = (form ?? reader.optional("body")).flatMap { BodyShape($0, reader, reader.join("body")) }
        acts = reader.optionalBool("acts") ?? false
        isHarmless = reader.optionalBool("harmless") ?? (method == "GET")
        let success = reader.string("success")
        unauthorized = reader.optionalString("unauthorized")
        invalid = reader.optionalString("invalid")
        missing = reader.optionalString("missing")
        _ = reader.strings("sources")
        answers = reader.list("answers", required: true).enumerated().compactMap { index, item in
            DocumentedAnswer(reader.reader(of: item, "\(reader.join("answers"))[\(index)]"))
        }
        reader.finish()
        for wanted in [success, unauthorized, invalid, missing].compactMap(\.self)
        where !answers.contains(where: { $0.name == wanted }) {
            reader.report("\(reader.path): there is no answer “\(wanted)”")
        }
        guard let name, let method, let path, let success else { return nil }
        self.name = name
        self.method = method
        self.path = path.split(separator: "/")
        self.success = success
    }

    private static func texts(_ name: String, _ reader: DocumentReader) -> [String: String] {
        guard let members = reader.reader(name), case .map(let list) = members.node.content else {
            return [:]
        }
        return Dictionary(
            list.compactMap { member in members.optionalString(member.name).map { (member.name, $0) } },
            uniquingKeysWith: { first, _ in first })
    }
}

/// One answer that a vendor documents, and what it must come to with us.
package struct DocumentedAnswer: Sendable {
    package enum Meaning: String, Sendable, CaseIterable {
        case succeeded, proceeded, retry, rejected, unauthorized, unclear
    }

    package let name: String
    package let response: VendorResponse
    package let meaning: Meaning
    /// Seconds that the vendor asks to be left alone.
    package let after: Int64?
    /// A part of the reason that people see.
    package let says: String?

    init?(_ reader: DocumentReader) {
        let name = reader.string("name")
        let status = reader.optionalInteger("status", in: 200...599)
        let headers = reader.reader("headers").map { reader -> [(name: String, value: String)] in
            guard case .map(let list) = reader.node.content else { return [] }
            return list.compactMap { member in
                reader.optionalString(member.name).map { (member.name, $0) }
            }
        }
        let body = reader.optional("body").map { $0.value.stringValue ?? $0.value.jsonText } ?? ""
        let isJSON = reader.optional("body").map { $0.value.stringValue == nil } ?? false
        let meaning: Meaning? = reader.choice("outcome")
        after = reader.optionalInteger("after", in: 0...1_000_000)
        says = reader.optionalString("says")
        reader.finish()
        guard let name, let status, let meaning else {
            reader.report("\(reader.path): name, status and outcome should stand here")
            return nil
        }
        self.name = name
        self.meaning = meaning
        var all = headers ?? []
        if all.first(named: "Content-Type") == nil, !body.isEmpty {
            all.append(("Content-Type", isJSON ? "application/json" : "text/plain; charset=utf-8"))
        }
        response = VendorResponse(status: Int(status), headers: all, body: Array(body.utf8))
    }
}
