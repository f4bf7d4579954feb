import Flow
import Liquid

/// What a client posts: a document, values for its variables, and which of its operations is meant.
struct GraphQLRequest: Hashable {
    let document: String
    let variables: [String: JSON]
    let operationName: String?

    /// How deep a request may be: a payload among the variables.
    private static let depthLimit = TriggerEvent.payloadDepth + 2

    /// - Parameter body: a document, `application/graphql`.
    init(document body: [UInt8]) throws(Problem) {
        guard let text = String(validating: body, as: UTF8.self) else {
            throw .badRequest("the body is not UTF-8", do: "send the document as UTF-8")
        }
        (document, variables, operationName) = (text, [:], nil)
    }

    /// - Parameter body: `{query, variables?, operationName?}`, `application/json`.
    init(json body: [UInt8]) throws(Problem) {
        let json: JSON
        do throws(JSONError) {
            json = try JSONParser.parse(body, depthLimit: Self.depthLimit)
        } catch {
            throw .badRequest("the body is \(error)", do: Self.remedy)
        }
        guard let query = json["query"]?.stringValue else {
            throw .badRequest("the body has no text “query”", do: Self.remedy)
        }
        let variables = json["variables"] ?? .null
        guard variables.isNull || variables.objectValue != nil else {
            throw .badRequest("“variables” is \(variables.kindName)", do: Self.remedy)
        }
        let name = json["operationName"] ?? .null
        guard name.isNull || name.stringValue != nil else {
            throw .badRequest("“operationName” is \(name.kindName)", do: Self.remedy)
        }
        document = query
        self.variables = variables.objectValue ?? [:]
        operationName = name.stringValue
    }

    private static let remedy =
        "send {\"query\": the document, \"variables\": an object of values or nothing, \"operationName\": a name or nothing}"
}
