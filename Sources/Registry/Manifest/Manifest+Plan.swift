// From a manifest to the changes that make the registry like it.

import Flow

extension Manifest {
    /// Compares the manifest with the registry.
    ///
    /// A store without `apps` or `sluice_installed` keeps the registry's; installations are added to and taken from either. What stands in
    /// the registry and not in the manifest stays, unless the options prune.
    ///
    /// - Throws: every fault of all documents, sorted by file and place.
    package func plan(
        against directory: Directory, catalogue: Catalogue, options: ManifestOptions
    ) throws(Diagnostics) -> ApplyPlan {
        let entities = ManifestEntities(self, catalogue: catalogue)
        var planner = Planner(entities, directory: directory, catalogue: catalogue, options: options)
        planner.planOrganizations()
        planner.planStores()
        planner.planConnections()
        planner.planWorkflows()
        if options.prunes { planner.prune() }
        if options.reseals { planner.planReseals() }
        let faults = entities.faults + planner.faults
        guard faults.isEmpty else { throw Diagnostics(faults.sorted(by: Diagnostic.isBefore)) }
        return ApplyPlan(
            items: planner.items, warnings: planner.warnings.sorted(by: Diagnostic.isBefore),
            resealed: planner.resealed.sorted())
    }
}
