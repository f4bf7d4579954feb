import Liquid

/// Reads a connector's document: the built-in files of the catalogue, and the connectors that users add.
///
/// Every fault is reported with its place; the shape is described in the README of the built-in files.
extension ConnectorDefinition {
    /// Triggers, or actions, of one connector, at most.
    package static let offerLimit = 200

    /// - Returns: nil when something was reported; all that was found wrong is in the sink.
    package init?(document: DocumentNode, sink: DiagnosticSink) {
        let before = sink.items.count
        guard let connector = ConnectorDefinition(DocumentReader(document, path: "", sink: sink)),
            sink.items.count == before
        else { return nil }
        self = connector
    }

    /// Reads what can be read, and reports the rest: use it only if nothing was reported.
    package init?(_ reader: DocumentReader) {
        _ = reader.optional("kind")
        let id = reader.string("id").flatMap { Handle.check($0, "id", reader) }
        let name = reader.string("name")
        let category = reader.optionalString("category") ?? "other"
        let notes = reader.strings("notes")
        let types = SchemaTypes.read("types", of: reader)
        let limits = RateLimit.read("limits", of: reader) ?? []
        let connection = reader.reader("connection").map { ConnectionDefinition($0) }
        let triggers = Self.offers("triggers", of: reader) { TriggerDefinition($0, types: types) }
        let actions = Self.offers("actions", of: reader) { ActionDefinition($0, types: types) }
        if !reader.has("triggers"), !reader.has("actions") {
            reader.report("a connector offers something: add triggers, actions or both")
        } else if triggers.isEmpty, actions.isEmpty {
            reader.report("a connector offers something: at least one trigger or action should stand here")
        }
        Handle.checkUnique(triggers.map(\.handle), "triggers", reader)
        Handle.checkUnique(actions.map(\.handle), "actions", reader)
        reader.finish()
        guard let id, let name else { return nil }
        self.init(
            id: id, name: name, category: category, notes: notes, types: types, limits: limits,
            connection: connection ?? ConnectionDefinition(), triggers: triggers, actions: actions)
    }

    private static func offers<Offer>(
        _ name: String, of reader: DocumentReader, _ read: (DocumentReader) -> Offer?
    ) -> [Offer] {
        let items = reader.list(name)
        if items.count > offerLimit {
            reader.report("\(reader.join(name)): \(items.count) of them; at most \(offerLimit)")
        }
        return items.prefix(offerLimit).enumerated().compactMap { index, item in
            read(reader.reader(of: item, "\(reader.join(name))[\(index)]"))
        }
    }
}

extension TriggerDefinition {
    init?(_ reader: DocumentReader, types: SchemaTypes) {
        let handle = reader.string("handle").flatMap { Handle.check($0, "handle", reader) }
        let title = reader.string("title")
        let description = reader.optionalString("description") ?? ""
        let constraints = reader.strings("constraints")
        let fields = FieldDefinition.read(of: reader, for: .trigger, types: types)
        reader.finish()
        guard let handle, let title else { return nil }
        self.init(
            handle: handle, title: title, description: description, constraints: constraints, fields: fields)
    }
}

extension ActionDefinition {
    init?(_ reader: DocumentReader, types: SchemaTypes) {
        let handle = reader.string("handle").flatMap { Handle.check($0, "handle", reader) }
        let title = reader.string("title")
        let description = reader.optionalString("description") ?? ""
        let constraints = reader.strings("constraints")
        let fields = FieldDefinition.read(of: reader, for: .action, types: types)
        let delivery = reader.reader("delivery").map { Delivery($0) } ?? Delivery()
        let returns = reader.optionalString("returns").flatMap {
            TypeExpression.read($0, "returns", of: reader, types)
        }
        reader.finish()
        guard let handle, let title else { return nil }
        self.init(
            handle: handle, title: title, description: description, constraints: constraints, fields: fields,
            delivery: delivery, returns: returns)
    }
}

extension ActionDefinition.Delivery {
    /// What isn't said, or can't be read, has its default.
    init(_ reader: DocumentReader) {
        let channel: ActionDefinition.Channel = reader.choice("protocol") ?? .flowAction
        let confidence: ActionDefinition.Confidence = reader.choice("confidence") ?? .high
        let inDoubt: ActionDefinition.InDoubtPolicy = reader.choice("in_doubt") ?? .resend
        let limits = RateLimit.read("limits", of: reader) ?? []
        let lookUpDelay = reader.optionalInteger("look_up_after", in: 1...3_600)
        reader.finish()
        self.init(
            channel: channel, confidence: confidence, inDoubt: inDoubt, limits: limits,
            lookUpDelay: lookUpDelay.map { .seconds($0) })
    }
}
