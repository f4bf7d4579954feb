// Works out a plan, kind after kind, and notes what doesn't fit together.

import Flow
import Liquid

/// The state of one comparison. Organizations and stores come first: connections and workflows are checked against
/// what those will be.
struct Planner {
    let entities: ManifestEntities
    let directory: Directory
    let builtIn: Catalogue
    /// The connectors as they will be.
    let catalogue: Catalogue
    let options: ManifestOptions
    var items: [ApplyPlan.Item] = []
    var warnings: [Diagnostic] = []
    var faults: [Diagnostic] = []
    /// Connections that only get another sealing key.
    var resealed: [String] = []
    /// The stores as they will be, those of the registry included.
    private(set) var stores: [String: Store]
    /// The same by organization; filled once the stores are planned.
    private(set) var storesByOrganization: [String: [Store]] = [:]

    init(_ entities: ManifestEntities, directory: Directory, builtIn: Catalogue, options: ManifestOptions) {
        self.entities = entities
        self.directory = directory
        self.builtIn = builtIn
        catalogue = entities.catalogue
        self.options = options
        stores = directory.stores
    }

    // MARK: Organizations and stores

    mutating func planOrganizations() {
        for (id, placed) in entities.organizations.sorted(by: { $0.key < $1.key }) {
            add(.organization, id, placed.value.body)
        }
    }

    mutating func planStores() {
        for (domain, placed) in entities.stores {
            var store = placed.value
            // What the document doesn't say stays as it is.
            if let known = directory.stores[domain] {
                let node = placed.document.node
                if node["organization"] == nil { store.organization = known.organization }
                if node["shop_id"] == nil { store.shopID = known.shopID }
                if node["weight"] == nil { store.weight = known.weight }
                if node["apps"] == nil { store.apps = known.apps }
                if node["sluice_installed"] == nil { store.isSluiceInstalled = known.isSluiceInstalled }
            }
            checkStore(store, placed.document)
            stores[domain] = store
        }
        let installed = entities.installations.compactMap { install($0) }
        for domain in Set(entities.stores.keys).union(installed).sorted() {
            guard let store = stores[domain] else { continue }
            let organization = store.organization.map { ["organization/\($0)"] } ?? []
            add(.store, domain, store.body, needs: ownConnectors(store.apps).union(organization))
        }
        for store in stores.values {
            if let organization = store.organization {
                storesByOrganization[organization, default: []].append(store)
            }
        }
    }

    private mutating func checkStore(_ store: Store, _ document: Manifest.Document) {
        if let organization = store.organization {
            checkOrganization(organization, document)
        }
        guard case .list(let apps)? = document.node["apps"]?.content else { return }
        for app in apps {
            guard let connector = app.value.stringValue else { continue }
            checkConnector(connector, document, app.mark)
        }
    }

    /// - Returns: the store's domain, where there is such a store.
    private mutating func install(_ placed: ManifestEntities.Placed<ManifestEntities.Installation>) -> String?
    {
        let installation = placed.value
        checkConnector(installation.connector, placed.document, placed.document.node["connector"]?.mark)
        guard checkStoreExists(installation.store, placed.document) else { return nil }
        if installation.isInstalled {
            stores[installation.store]?.apps.insert(installation.connector)
        } else {
            stores[installation.store]?.apps.remove(installation.connector)
        }
        return installation.store
    }

    // MARK: References

    /// Whether there is, or will be, such a store. Reports where not.
    mutating func checkStoreExists(_ domain: String, _ document: Manifest.Document) -> Bool {
        if stores[domain] != nil { return true }
        if !entities.claims(.store, domain) {
            report(
                document, document.node["store"]?.mark,
                "store: there is no store \(domain), neither here nor in the registry")
        }
        return false
    }

    @discardableResult
    mutating func checkOrganization(_ id: String, _ document: Manifest.Document) -> Bool {
        if entities.organizations[id] != nil || directory.organizations[id] != nil { return true }
        if !entities.claims(.organization, id) {
            report(
                document, document.node["organization"]?.mark,
                "organization: there is no organization \(id), neither here nor in the registry")
        }
        return false
    }

    mutating func checkConnector(_ id: String, _ document: Manifest.Document, _ mark: DocumentNode.Mark?) {
        guard catalogue[id] == nil, !entities.claims(.connector, id) else { return }
        let near = catalogue.near(id)
        let hint = near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
        report(document, mark, "there is no connector \(id)\(hint)")
    }

    // MARK: Items

    mutating func report(_ document: Manifest.Document, _ mark: DocumentNode.Mark?, _ message: String) {
        faults.append(Diagnostic(file: document.file, mark: mark ?? document.node.mark, message: message))
    }

    mutating func warn(_ document: Manifest.Document, _ mark: DocumentNode.Mark?, _ message: String) {
        warnings.append(Diagnostic(file: document.file, mark: mark ?? document.node.mark, message: message))
    }

    /// The registry's document of an entity; nil where there is none.
    func body(_ kind: RegistryEntry.Kind, _ id: String) -> JSON? {
        directory.newest(kind, id)?.body
    }

    /// - Parameter needs: what must not fail to be written, where it is changed, too: `store/tea-house.myshopify.com`.
    mutating func add(
        _ kind: RegistryEntry.Kind, _ id: String, _ after: JSON?, needs: Set<String> = []
    ) {
        let newest = directory.newest(kind, id)
        items.append(
            ApplyPlan.Item(
                kind: kind, id: id, version: newest?.version ?? 0, before: newest?.body, after: after,
                needs: needs))
    }

    // MARK: Pruning

    mutating func prune() {
        if !entities.connections.isEmpty {
            for id in directory.connections.keys.sorted() where entities.connections[id] == nil {
                pruneConnection(id)
            }
        }
        if !entities.workflows.isEmpty {
            for id in directory.workflows.keys.sorted() where entities.workflows[id] == nil {
                add(.workflow, id, nil)
            }
        }
        // Behind all that may use them.
        pruneConnectors()
    }

    private mutating func pruneConnection(_ id: String) {
        guard let connection = directory.connections[id] else { return }
        if let lock = lock(on: connection.connector, store: connection.store) {
            let text = Self.lockedText(connection.connector, connection.store, by: lock)
            warnings.append(Diagnostic(mark: nil, message: "the connection \(id) is kept: \(text)"))
            return
        }
        add(.connection, id, nil)
        if directory.authorizations[id] != nil { add(.authorization, id, nil) }
    }
}
