// The script that counts at this moment.

import Synchronization

/// A script that can be exchanged while requests are answered; each request uses the one it finds.
final class CurrentScript: Sendable {
    private let script: Mutex<VendorScript>
    private let known = Mutex<@Sendable () -> ScriptNames?>({ .builtIn })

    init(_ script: VendorScript) {
        self.script = Mutex(script)
    }

    var value: VendorScript {
        get { script.withLock { $0 } }
        set { script.withLock { $0 = newValue } }
    }

    /// What the actions of the next script are compared with.
    var names: ScriptNames? { known.withLock { $0 }() }

    func compare(with names: @escaping @Sendable () -> ScriptNames?) { known.withLock { $0 = names } }
}
