// The vendors whose public APIs a mock vendor plays, and those that it can't.

import Connectors

/// Replicas by connector. A description that can't be had is a fault that is told where it is missed; whatever needs it not
/// works all the same.
package struct VendorReplicas: Sendable {
    /// Those that ship with the program, read once by whoever asks first.
    package static let builtIn = VendorReplicas.load()

    private let replicas: [String: VendorReplica]
    /// Why APIs that ship with the program are not played, and what to do.
    package let faults: [MockVendorError]

    package init(_ replicas: [VendorReplica], faults: [MockVendorError] = []) {
        self.replicas = Dictionary(
            replicas.map { ($0.connector, $0) }, uniquingKeysWith: { first, _ in first })
        self.faults = faults
    }

    /// Reads `Apps/<id>/api.yaml` of each vendor whose API is called. One that has no such file is not played.
    package static func load(
        _ connectors: [String] = Vendors.all.map(\.connector),
        from find: () throws(ConnectorsError) -> ResourceFolder = { () throws(ConnectorsError) in
            try ResourceFolder.find()
        }
    ) -> VendorReplicas {
        let folder: ResourceFolder
        do throws(ConnectorsError) {
            folder = try find()
        } catch {
            return VendorReplicas([], faults: [.noReplica(of: "every vendor", reason: "\(error)")])
        }
        var replicas: [VendorReplica] = []
        var faults: [MockVendorError] = []
        for connector in connectors {
            do throws(ConnectorsError) {
                if let replica = try VendorReplica.builtIn(connector, in: folder) { replicas.append(replica) }
            } catch {
                faults.append(
                    .noReplica(of: connector, reason: "\(error); install the connectors' files again"))
            }
        }
        return VendorReplicas(replicas, faults: faults)
    }

    subscript(connector: String) -> VendorReplica? { replicas[connector] }

    /// What to say about a connector that isn't here.
    func fault(of connector: String) -> String {
        let known = replicas.keys.sorted().joined(separator: ", ")
        let reasons = faults.map { "; \($0)" }.joined()
        return
            "no public API of “\(connector)” is described here, only of: \(known.isEmpty ? "none" : known)\(reasons)"
    }
}
