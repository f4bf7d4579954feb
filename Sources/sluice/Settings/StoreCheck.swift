// Whether the stores of events are in the registry.

import Flow
import Registry

/// Warns of stores that the registry lacks: events of a mistyped one are refused, which only --watch would show. It runs
/// beside the sending, and says nothing where the registry can't be read in time: events can do without it.
enum StoreCheck {
    /// Reading a small registry takes a tenth of it.
    private static let patience = Duration.seconds(5)

    static func complain(of stores: [String], _ settings: Settings) async {
        guard !stores.isEmpty else { return }
        await withTaskGroup(of: [String].self) { group in
            group.addTask {
                // Whatever is wrong with the registry is no business of an emit.
                (try? await RegistryAccess.directory(settings)).map { warnings(stores, in: $0) } ?? []
            }
            group.addTask {
                try? await Task.sleep(for: patience)  // cancelled = the other one was quicker
                return []
            }
            for warning in await group.next() ?? [] {
                Terminal.complain("warning: \(TextWidth.printable(warning))")
            }
            group.cancelAll()
        }
    }

    /// For a filter that nothing fits: a mistyped store is the likeliest reason.
    static func note(_ store: String?, _ settings: Settings) async {
        // Whatever is wrong with the registry, the filter's answer stands.
        guard let store, let directory = try? await RegistryAccess.directory(settings),
            directory.stores[store] == nil
        else { return }
        let text =
            "the registry has no store “\(store)”; "
            + NearNames.question(store, in: directory.stores.keys.sorted())
            + "list all with: sluice get stores"
        Terminal.complain("note: \(TextWidth.printable(text))")
    }

    static func warnings(_ stores: [String], in directory: Directory) -> [String] {
        stores.filter { directory.stores[$0] == nil }.map { store in
            "the registry has no store “\(store)”, so that its events are refused; "
                + NearNames.question(store, in: directory.stores.keys.sorted())
                + "list all with: sluice get stores"
        }
    }
}
