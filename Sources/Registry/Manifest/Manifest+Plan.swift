// From a manifest to the changes that make the registry like it.

import Flow

extension Manifest {
    /// Compares the manifest with the registry.
    ///
    /// A store without `apps` or `sluice_installed` keeps the registry's; installations are added to and taken from either.
    /// What stands in the registry and not in the manifest stays, unless the options prune.
    ///
    /// - Parameter catalogue: the built-in connectors; those of the registry and of the manifest are known beside them.
    /// - Throws: every fault of all documents, sorted by file and place.
    package func plan(
        against directory: Directory, catalogue: Catalogue, options: ManifestOptions
    ) throws(Diagnostics) -> ApplyPlan {
        let known = catalogue.with(directory.connectors.values)
        let entities = ManifestEntities(self, catalogue: known)
        var planner = Planner(entities, directory: directory, builtIn: catalogue, options: options)
        planner.planConnectors(before: known)
        planner.planOrganizations()
        planner.planStores()
        planner.planConnections()
        planner.planWorkflows()
        if options.prunes { planner.prune() }
        if options.reseals { planner.planReseals() }
        let faults = entities.faults + planner.faults
        guard faults.isEmpty else { throw Diagnostics(faults.sorted(by: Diagnostic.isBefore)) }
        return ApplyPlan(
            items: planner.items, connectors: entities.connectors.mapValues(\.value),
            warnings: planner.warnings.sorted(by: Diagnostic.isBefore),
            resealed: planner.resealed.sorted())
    }
}
