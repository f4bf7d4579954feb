// Users' own connectors: whether Sluice can serve them, and whether what uses them still fits.

import Flow
import Liquid

extension Planner {
    /// - Parameter known: the connectors without the manifest's.
    mutating func planConnectors(before known: Catalogue) {
        for (id, placed) in entities.connectors.sorted(by: { $0.key < $1.key }) {
            checkID(id, placed.document)
            checkProtocols(placed.value, placed.document)
            checkProperties(placed.value, placed.document)
            let body = Self.body(of: placed.document)
            if body != self.body(.connector, id) { checkWorkflows(of: id, known, placed.document) }
            add(.connector, id, body)
        }
    }

    /// The changes of connectors that an entity must not be written without.
    func ownConnectors(_ ids: some Sequence<String>) -> Set<String> {
        Set(ids.filter { entities.connectors[$0] != nil }.map { "connector/\($0)" })
    }

    // MARK: What a user's connector can be

    private mutating func checkID(_ id: String, _ document: Manifest.Document) {
        guard builtIn[id] != nil else { return }
        let mark = document.node["id"]?.mark
        guard directory.connectors[id] == nil else {
            warn(
                document, mark,
                "this version of Sluice ships a connector \(id), too; yours is used in its place until it is deleted"
            )
            return
        }
        report(document, mark, "id: Sluice ships a connector \(id); give yours another id")
    }

    /// The actions go out by Flow's protocol: code for an app's own API ships with Sluice, or there is none.
    private mutating func checkProtocols(_ connector: ConnectorDefinition, _ document: Manifest.Document) {
        let advice = "its actions are sent to the endpoint of a connection (kind: connection) instead"
        if let node = document.node["connection"] {
            report(
                document, node.mark,
                "connection: Sluice has no code that calls the API of \(connector.id); \(advice)")
        }
        for (index, delivery) in Self.deliveries(of: document.node) {
            let place = "actions[\(index)].delivery"
            if delivery["protocol"]?.value == .string(ActionDefinition.Channel.vendorAPI.rawValue) {
                report(
                    document, delivery["protocol"]?.mark,
                    "\(place).protocol: Sluice has no code that calls the API of \(connector.id); \(advice)")
            }
            if delivery["in_doubt"]?.value == .string(ActionDefinition.InDoubtPolicy.checkThenResend.rawValue)
            {
                report(
                    document, delivery["in_doubt"]?.mark,
                    "\(place).in_doubt: Sluice can't look into \(connector.id); use resend, or ask")
            }
        }
    }

    /// A limit that counts by a property which no action has would count nothing.
    private mutating func checkProperties(_ connector: ConnectorDefinition, _ document: Manifest.Document) {
        func check(_ limits: [RateLimit], _ fields: [FieldDefinition], _ place: String, _ node: DocumentNode?)
        {
            let known = Set(fields.map(\.key))
            for property in limits.compactMap(\.property) where !known.contains(property) {
                let list = known.isEmpty ? "" : "; there is \(known.sorted().joined(separator: ", "))"
                report(document, node?.mark, "\(place): no input is called “\(property)”\(list)")
            }
        }
        check(connector.limits, connector.actions.flatMap(\.fields), "limits", document.node["limits"])
        let deliveries = Dictionary(
            Self.deliveries(of: document.node).map { ($0.index, $0.node) }, uniquingKeysWith: { $1 })
        // Where one can't be read they don't stand side by side, and that is reported already.
        for (index, action) in connector.actions.enumerated() {
            check(
                action.delivery.limits, action.fields, "actions[\(index)].delivery.limits",
                deliveries[index]?["limits"])
        }
    }

    private static func deliveries(of node: DocumentNode) -> [(index: Int, node: DocumentNode)] {
        guard case .list(let actions)? = node["actions"]?.content else { return [] }
        return actions.enumerated().compactMap { index, action in action["delivery"].map { (index, $0) } }
    }

    // MARK: What uses it

    /// Workflows that are named in one message, at most.
    private static let namedLimit = 10

    /// A workflow that the plan leaves as it is must fit the connector as it will be.
    private mutating func checkWorkflows(
        of connector: String, _ known: Catalogue, _ document: Manifest.Document
    ) {
        // A new one is used by nobody.
        guard directory.connectors[connector] != nil else { return }
        let misfits = directory.workflows.filter { id, versioned in
            versioned.workflow.connectors.contains(connector) && !entities.claims(.workflow, id)
                && !isPruned(workflow: id)
        }.keys.sorted().compactMap { id -> String? in
            let before = faults(of: id, known)
            // What was wrong before is not this change's fault.
            return faults(of: id, catalogue).first { !before.contains($0) }.map { "\(id) (\($0))" }
        }
        guard !misfits.isEmpty else { return }
        let more = misfits.count > Self.namedLimit ? " and \(misfits.count - Self.namedLimit) more" : ""
        report(
            document, document.node["id"]?.mark,
            "\(misfits.count == 1 ? "a workflow" : "workflows") of the registry would not fit \(connector) any more: "
                + misfits.prefix(Self.namedLimit).joined(separator: ", ") + more
                + "; change or delete them first, or along with it")
    }

    private func faults(of workflow: String, _ catalogue: Catalogue) -> [String] {
        guard let body = body(.workflow, workflow) else { return [] }
        let sink = DiagnosticSink()
        _ = Workflow(DocumentReader(DocumentNode(body), path: "", sink: sink), catalogue: catalogue)
        return sink.items.map(\.message)
    }

    private func isPruned(workflow id: String) -> Bool {
        options.prunes && !entities.workflows.isEmpty && entities.workflows[id] == nil
    }

    // MARK: Pruning

    /// Called when everything else is planned.
    mutating func pruneConnectors() {
        guard !entities.connectors.isEmpty else { return }
        for id in directory.connectors.keys.sorted() where entities.connectors[id] == nil {
            let users = users(of: id)
            guard users.isEmpty else {
                let more = users.count > Self.namedLimit ? " and \(users.count - Self.namedLimit) more" : ""
                warnings.append(
                    Diagnostic(
                        mark: nil,
                        message: "the connector \(id) is kept: it is used by "
                            + users.prefix(Self.namedLimit).joined(separator: ", ") + more))
                continue
            }
            add(.connector, id, nil, needs: formerUsers(of: id))
        }
    }

    /// What uses a connector once the plan is carried out.
    private func users(of connector: String) -> [String] {
        let deleted = Set(items.filter { $0.after == nil }.map { "\($0.kind.rawValue)/\($0.id)" })
        let workflows = directory.workflows.mapValues(\.workflow)
            .merging(entities.workflows.mapValues(\.value)) { $1 }
            .filter { !deleted.contains("workflow/\($0.key)") && $0.value.connectors.contains(connector) }
        let connections = Set(directory.connections.keys).union(entities.connections.keys)
            .filter { !deleted.contains("connection/\($0)") && $0.hasPrefix("\(connector)@") }
        let stores = stores.values.filter { $0.apps.contains(connector) }.map(\.domain)
        return workflows.keys.sorted().map { "the workflow \($0)" }
            + connections.sorted().map { "the connection \($0)" } + stores.sorted().map { "the store \($0)" }
    }

    /// Changes of what uses a connector now: where one of them is not written, it stays.
    private func formerUsers(of connector: String) -> Set<String> {
        let users = items.filter { item in
            guard item.effect != .unchanged else { return false }
            return switch item.kind {
            case .workflow: directory.workflows[item.id]?.workflow.connectors.contains(connector) == true
            case .connection: item.id.hasPrefix("\(connector)@")
            case .store: directory.stores[item.id]?.apps.contains(connector) == true
            default: false
            }
        }
        return Set(users.map { "\($0.kind.rawValue)/\($0.id)" })
    }
}
