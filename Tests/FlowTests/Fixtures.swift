import Flow
import Liquid
import Testing

/// Stores, workflows and events of these tests, written as users write them.
enum Fixtures {
    static let store = "tea-house.myshopify.com"
    static let trigger = TriggerReference(connector: "loyaltylion", handle: "moved-up-tier")
    static let place = RecordPlace(topic: "sluice.triggers.loyaltylion", partition: 3, offset: 42)

    /// One document.
    static func document(_ yaml: String) throws -> DocumentNode {
        try #require(try DocumentNode.parse(yaml: yaml, file: "w.yaml").first)
    }

    /// A workflow, and what was found wrong as `w.yaml:line:column: message`, in the order of the document.
    static func read(_ yaml: String, catalogue: Catalogue? = nil) throws -> (Workflow?, faults: [String]) {
        let sink = DiagnosticSink(file: "w.yaml")
        let reader = DocumentReader(try document(yaml), path: "", sink: sink)
        let workflow = Workflow(reader, catalogue: catalogue)
        do throws(Diagnostics) {
            try sink.throwIfAny()
        } catch {
            return (workflow, error.items.map(\.description))
        }
        return (workflow, [])
    }

    /// A workflow that has nothing wrong.
    static func workflow(_ yaml: String) throws -> Workflow {
        let (workflow, faults) = try read(yaml)
        try #require(faults.isEmpty, "\(faults)")
        return try #require(workflow)
    }

    /// A condition that has nothing wrong.
    static func condition(_ document: JSON) throws -> Condition {
        let sink = DiagnosticSink()
        let condition = Condition(DocumentReader(DocumentNode(document), path: "conditions", sink: sink))
        try #require(sink.items.isEmpty, "\(sink.items)")
        return try #require(condition)
    }

    /// A directory of the YAML documents' entities, each in its first version.
    static func directory(_ yaml: String) throws -> Directory {
        var directory = Directory()
        for document in try DocumentNode.parse(yaml: yaml) { try put(document, version: 1, in: &directory) }
        return directory
    }

    static func put(_ yaml: String, version: Int, in directory: inout Directory) throws {
        try put(try document(yaml), version: version, in: &directory)
    }

    private static func put(_ document: DocumentNode, version: Int, in directory: inout Directory) throws {
        let body = document.value
        let kind = try #require(body["kind"]?.stringValue.flatMap { RegistryEntry.Kind(rawValue: $0) })
        let id = try #require((kind == .store ? body["domain"] : body["id"])?.stringValue)
        let entry = RegistryEntry(kind: kind, id: id, version: version, nonce: "n", body: body)
        try #require(directory.apply(entry) == .won)
    }

    static func event(_ payload: JSON = ["customer_id": 7], id: String = "e1", store: String = store)
        -> TriggerEvent
    {
        TriggerEvent(
            identity: EventIdentity(source: "loyaltylion", store: store, id: id, trigger: trigger),
            payload: payload)
    }

    static func match(_ event: TriggerEvent = event(), in directory: Directory) -> Matching {
        .match(event, at: place, in: directory)
    }
}

extension Condition {
    /// With a budget of its own.
    func holds(in context: [String: JSON]) throws(ConditionWork.Excess) -> Bool {
        var work = ConditionWork()
        return try holds(in: context, work: &work)
    }
}
