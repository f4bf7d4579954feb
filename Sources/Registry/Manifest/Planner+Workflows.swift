// Workflows: their owners, and whether the apps that they use are there.

import Flow
import Liquid

extension Planner {
    mutating func planWorkflows() {
        for (id, placed) in entities.workflows.sorted(by: { $0.key < $1.key }) {
            let body = Self.body(of: placed.document)
            let isKnownOwner = checkOwner(placed.value, placed.document)
            // An app that was uninstalled later makes runs skip; it doesn't make a workflow wrong that was right.
            if body != self.body(.workflow, id) {
                if isKnownOwner { checkApps(placed.value, placed.document) }
                for text in placed.value.doubtfulNames(in: catalogue) {
                    warn(placed.document, placed.document.node["id"]?.mark, text)
                }
            }
            add(
                .workflow, id, body,
                needs: needs(of: placed.value.owner).union(ownConnectors(placed.value.connectors)))
        }
    }

    /// The stores whose apps the workflow was checked against, and its organization.
    private func needs(of owner: Workflow.Owner) -> Set<String> {
        let (stores, organization) = group(of: owner)
        return Set(stores.map { "store/\($0.domain)" } + (organization.map { ["organization/\($0)"] } ?? []))
    }

    /// The document as it was written, without its kind.
    static func body(of document: Manifest.Document) -> JSON {
        guard case .object(var members) = document.node.value else { return .null }
        members["kind"] = nil
        return .object(members)
    }

    private mutating func checkOwner(_ workflow: Workflow, _ document: Manifest.Document) -> Bool {
        switch workflow.owner {
        case .store(let domain): checkStoreExists(domain, document)
        case .organization(let id): checkOrganization(id, document)
        }
    }

    /// The seed's rule: a connector counts as installed once one store of the organization has it, and a workflow
    /// with another one is refused.
    private mutating func checkApps(_ workflow: Workflow, _ document: Manifest.Document) {
        let (stores, name) = group(of: workflow.owner)
        let installed = stores.reduce(into: Set<String>()) { $0.formUnion($1.apps) }
        let missing = workflow.connectors.filter { !installed.contains($0) && catalogue[$0] != nil }
        for connector in missing {
            let advice =
                name.map { "is not installed in any store of \($0); install it in one first" }
                ?? "is not installed in \(stores.first?.domain ?? "the store"); install it there first"
            report(document, Self.place(of: connector, in: document.node), "\(connector) \(advice)")
        }
        if missing.isEmpty { warnIfIdle(workflow, document) }
    }

    private mutating func warnIfIdle(_ workflow: Workflow, _ document: Manifest.Document) {
        let own = runningStores(of: workflow.owner)
        let used = workflow.connectors
        guard !own.contains(where: { $0.isSluiceInstalled && $0.apps.isSuperset(of: used) }) else { return }
        warn(
            document, document.node["id"]?.mark,
            "the workflow \(workflow.id) runs nowhere yet: no store of \(workflow.owner) has Sluice and all of "
                + "\(used.joined(separator: ", "))")
    }

    /// The stores that a workflow runs in.
    private func runningStores(of owner: Workflow.Owner) -> [Store] {
        switch owner {
        case .store(let domain): stores[domain].map { [$0] } ?? []
        case .organization(let id): storesByOrganization[id] ?? []
        }
    }

    /// The stores of the owner's organization and its name; without an organization the one store.
    private func group(of owner: Workflow.Owner) -> (stores: [Store], organization: String?) {
        if case .store(let domain) = owner, let organization = stores[domain]?.organization {
            return (runningStores(of: .organization(organization)), organization)
        }
        if case .organization(let id) = owner { return (runningStores(of: owner), id) }
        return (runningStores(of: owner), nil)
    }

    /// Where a workflow's document names a connector first: its trigger, or a step's action.
    private static func place(of connector: String, in node: DocumentNode) -> DocumentNode.Mark? {
        for name in ["trigger", "action"] {
            guard let member = node[name], let text = member.value.stringValue else { continue }
            if text.hasPrefix("\(connector)/") { return member.mark }
        }
        for name in ["steps", "then", "otherwise"] {
            guard case .list(let items)? = node[name]?.content else { continue }
            for item in items {
                if let mark = place(of: connector, in: item) { return mark }
            }
        }
        return nil
    }
}
