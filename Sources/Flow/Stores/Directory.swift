import Liquid

/// Users' own connectors, organizations, stores, connections and workflows as the registry's log has them: a value that
/// each process holds and replaces as records arrive.
package struct Directory: Sendable {
    /// What is known of one entity.
    package struct Current: Sendable {
        package let version: Int
        package let nonce: String
        package let body: JSON?
    }

    /// Users' own, by id; the built-in ones are only in the catalogue.
    package private(set) var connectors: [String: ConnectorDefinition] = [:]
    /// All connectors. A user's own stays when a later version of Sluice ships one of the same id: its workflows use it.
    package private(set) var catalogue: Catalogue
    private let builtIn: Catalogue
    package private(set) var organizations: [String: Organization] = [:]
    package private(set) var stores: [String: Store] = [:]
    package private(set) var connections: [String: Connection] = [:]
    /// By id.
    package private(set) var pauses: [String: Pause] = [:]
    /// By id.
    package private(set) var cancellations: [String: Cancellation] = [:]
    /// By the connection's id.
    package private(set) var authorizations: [String: Authorization] = [:]
    /// Changes that may let held runs go: how many there were, and the latest of them.
    package private(set) var holdChangeCount = 0
    private var lastHoldChanges: [HoldChange] = []
    private static let holdChangeLimit = 256
    package private(set) var workflows: [String: VersionedWorkflow] = [:]
    /// The newest version of every entity, deleted ones included, by `kind/id`.
    package private(set) var current: [String: Current] = [:]
    /// Winners of versions before the newest, by `kind/id`, oldest first: what a writer asks for whose version was
    /// followed by others at once. Most entities have one version, and nothing here.
    private var formerWinners: [String: [Winner]] = [:]
    /// Versions of an entity whose winners are known, at most.
    package static let winnerLimit = 10

    private struct Winner: Sendable {
        let version: Int
        let nonce: String
    }

    private var workflowsByTrigger: [TriggerReference: [Workflow.Owner: Set<String>]] = [:]
    private var storesByOrganization: [String: Set<String>] = [:]

    /// - Parameter builtIn: the connectors that ship with the program.
    package init(builtIn: Catalogue = Catalogue([])) {
        self.builtIn = builtIn
        catalogue = builtIn
    }

    package struct VersionedWorkflow: Sendable {
        package let workflow: Workflow
        package let version: Int
    }

    /// Whether a connector is one that ships with the program, and no user has one of that id.
    package func isBuiltIn(_ connector: String) -> Bool {
        builtIn[connector] != nil && connectors[connector] == nil
    }

    /// What became of a record.
    package enum Applied: Hashable, Sendable {
        case won
        /// Another writer's record of the same version came first.
        case lost(to: String)
        /// It won, but its document can't be read by this version of Sluice; the entity keeps its former version.
        case unreadable(String)
    }

    /// Takes the next record of the log.
    @discardableResult
    package mutating func apply(_ entry: RegistryEntry) -> Applied {
        claim(entry, body: entry.body) ?? replace(entry)
    }

    /// Takes a record whose value can't be read: its key holds the version all the same, and the entity stays as it
    /// was.
    @discardableResult
    package mutating func apply(unreadable claim: RegistryEntry, reason: String) -> Applied {
        self.claim(claim, body: newest(claim.kind, claim.id)?.body) ?? .unreadable(reason)
    }

    /// - Returns: nil where the record is the first of a new version.
    private mutating func claim(_ entry: RegistryEntry, body: JSON?) -> Applied? {
        let entity = "\(entry.kind.rawValue)/\(entry.id)"
        if let winner = winner(entry.kind, entry.id, version: entry.version) {
            return winner == entry.nonce ? .won : .lost(to: winner)
        }
        if let newest = current[entity] {
            // Winners come in the order of their versions: an older version without one was followed by many others, or
            // is what a tombstone left of it.
            if entry.version <= newest.version { return .lost(to: newest.nonce) }
            var former = formerWinners[entity] ?? []
            former.append(Winner(version: newest.version, nonce: newest.nonce))
            formerWinners[entity] = former.suffix(Self.winnerLimit - 1)
        }
        current[entity] = Current(version: entry.version, nonce: entry.nonce, body: body)
        return nil
    }

    private mutating func replace(_ entry: RegistryEntry) -> Applied {
        guard let body = entry.body else {
            remove(entry)
            return .won
        }
        let sink = DiagnosticSink()
        let reader = DocumentReader(DocumentNode(body), path: "", sink: sink)
        let connector = entry.kind == .connector ? ConnectorDefinition(reader) : nil
        let organization = entry.kind == .organization ? Organization(reader) : nil
        let store = entry.kind == .store ? Store(reader) : nil
        let connection = entry.kind == .connection ? Connection(reader) : nil
        let workflow = entry.kind == .workflow ? Workflow(reader, catalogue: nil) : nil
        let pause = entry.kind == .pause ? Pause(body) : nil
        let cancellation = entry.kind == .cancellation ? Cancellation(body) : nil
        let authorization = entry.kind == .authorization ? Authorization(body) : nil
        do {
            try sink.throwIfAny()
        } catch {
            return .unreadable(error.description)
        }
        switch entry.kind {
        case .connector where connector?.id != entry.id:
            return .unreadable("the connector's id is not that of its key")
        case .pause where pause == nil: return .unreadable("no pause of a known kind")
        case .cancellation where cancellation == nil: return .unreadable("no cancellation of a known kind")
        case .authorization where authorization == nil:
            return .unreadable("no authorization of a known state")
        default: break
        }
        if let authorization { authorizations[entry.id] = authorization }
        if let connector { replace(connectorAt: entry.id, with: connector) }
        if let pause { pauses[entry.id] = pause }
        if let cancellation { cancellations[entry.id] = cancellation }
        if let organization { organizations[entry.id] = organization }
        if let store { replace(store) }
        if let connection { connections[entry.id] = connection }
        if let workflow { replace(workflow, version: entry.version) }
        noteHoldChange(entry)
        return .won
    }

    private mutating func noteHoldChange(_ entry: RegistryEntry) {
        let change: HoldChange
        switch entry.kind {
        case .connection: change = .connection(entry.id)
        case .authorization:
            // What is refused, or on its way, lets nothing go.
            guard authorizations[entry.id]?.state == .active else { return }
            change = .connection(entry.id)
        case .pause:
            // One that begins, or has another reason, lets nothing go.
            guard pauses[entry.id] == nil else { return }
            change = .pause(entry.id)
        case .cancellation:
            let cancellation = cancellations[entry.id]
            change = .cancellation(connector: cancellation?.scope == .connector ? cancellation?.name : nil)
        case .connector, .organization, .store, .workflow: return
        }
        holdChangeCount += 1
        lastHoldChanges.append(change)
        if lastHoldChanges.count > 2 * Self.holdChangeLimit {
            lastHoldChanges.removeFirst(lastHoldChanges.count - Self.holdChangeLimit)
        }
    }

    /// What changed since the count was this; nil where too much did for it to be known.
    package func holdChanges(since count: Int) -> [HoldChange]? {
        let new = holdChangeCount - count
        return new <= lastHoldChanges.count ? Array(lastHoldChanges.suffix(max(0, new))) : nil
    }

    private mutating func remove(_ entry: RegistryEntry) {
        defer { noteHoldChange(entry) }
        switch entry.kind {
        case .connector: replace(connectorAt: entry.id, with: nil)
        case .organization: organizations[entry.id] = nil
        case .store: unlink(storeAt: entry.id)
        case .connection: connections[entry.id] = nil
        case .workflow: unlink(workflowAt: entry.id)
        case .pause: pauses[entry.id] = nil
        case .cancellation: cancellations[entry.id] = nil
        case .authorization: authorizations[entry.id] = nil
        }
    }

    private mutating func replace(connectorAt id: String, with connector: ConnectorDefinition?) {
        connectors[id] = connector
        catalogue = builtIn.with(connectors.values)
    }

    private mutating func unlink(storeAt domain: String) {
        guard let old = stores.removeValue(forKey: domain), let organization = old.organization else {
            return
        }
        storesByOrganization[organization]?.remove(domain)
    }

    private mutating func replace(_ store: Store) {
        unlink(storeAt: store.domain)
        stores[store.domain] = store
        if let organization = store.organization {
            storesByOrganization[organization, default: []].insert(store.domain)
        }
    }

    private mutating func unlink(workflowAt id: String) {
        guard let old = workflows.removeValue(forKey: id)?.workflow else { return }
        workflowsByTrigger[old.trigger]?[old.owner]?.remove(id)
    }

    private mutating func replace(_ workflow: Workflow, version: Int) {
        unlink(workflowAt: workflow.id)
        workflows[workflow.id] = VersionedWorkflow(workflow: workflow, version: version)
        workflowsByTrigger[workflow.trigger, default: [:]][workflow.owner, default: []].insert(workflow.id)
    }

    /// The newest version of an entity, deleted ones included.
    package func newest(_ kind: RegistryEntry.Kind, _ id: String) -> Current? {
        current["\(kind.rawValue)/\(id)"]
    }

    /// The nonce of the record that won a version; nil where no record of it was read, or ten newer ones were.
    package func winner(_ kind: RegistryEntry.Kind, _ id: String, version: Int) -> String? {
        let entity = "\(kind.rawValue)/\(id)"
        if let newest = current[entity], newest.version == version { return newest.nonce }
        return formerWinners[entity]?.first { $0.version == version }?.nonce
    }

    /// The workflows of a store and of its organization for a trigger, by id.
    package func workflows(for trigger: TriggerReference, in store: Store) -> [VersionedWorkflow] {
        guard let owners = workflowsByTrigger[trigger] else { return [] }
        var ids = owners[.store(store.domain)] ?? []
        if let organization = store.organization { ids.formUnion(owners[.organization(organization)] ?? []) }
        return ids.sorted().compactMap { workflows[$0] }
    }

    /// The stores that a workflow's owner has.
    package func stores(of owner: Workflow.Owner) -> [Store] {
        switch owner {
        case .store(let domain): stores[domain].map { [$0] } ?? []
        case .organization(let id): (storesByOrganization[id] ?? []).sorted().compactMap { stores[$0] }
        }
    }

    /// Whether somebody paused or cancelled anything at all.
    package var mayStop: Bool { !pauses.isEmpty || !cancellations.isEmpty }

    /// The first pause that stops an action.
    ///
    /// - Parameter endpoint: scheme, host and port of where it would go.
    package func pause(
        connector: String, store: String, workflow: String, endpoint: String?
    ) -> Pause? {
        if pauses.isEmpty { return nil }
        return Self.ids(connector, store, workflow, endpoint).lazy.compactMap { pauses[$0] }.first
    }

    /// A cancellation that ends an action.
    ///
    /// - Parameter eventTime: when the event was published that it is for; nil = before there were such times.
    package func cancellation(
        connector: String, store: String, workflow: String, endpoint: String?, eventTime: Int64?
    ) -> Cancellation? {
        if cancellations.isEmpty { return nil }
        return Self.ids(connector, store, workflow, endpoint).lazy.compactMap { cancellations[$0] }
            .first { (eventTime ?? 0) < $0.before }
    }

    private static func ids(_ connector: String, _ store: String, _ workflow: String, _ endpoint: String?)
        -> [String]
    {
        let names: [(Pause.Scope, String?)] = [
            (.connector, connector), (.store, store), (.workflow, workflow), (.endpoint, endpoint),
        ]
        return names.compactMap { scope, name in name.map { Pause.id(scope, $0) } }
    }

    /// The vendor's word that a connection's credentials are no good, as long as nobody changed the connection since.
    package func refusal(of connection: String) -> Authorization? {
        guard let authorization = authorizations[connection], authorization.state == .refused,
            authorization.version == newest(.connection, connection)?.version
        else { return nil }
        return authorization
    }

    /// The store's own connection, or the connector's default one.
    package func connection(_ connector: String, store: String) -> Connection? {
        connections["\(connector)@\(store)"] ?? connections["\(connector)@*"]
    }
}
