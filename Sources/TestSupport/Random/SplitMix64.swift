// The random numbers of tests: small, fast, and the same everywhere for the same seed.

/// Steele, Lea and Flood's SplitMix64 ("Fast splittable pseudorandom number generators", OOPSLA 2014).
package struct SplitMix64: RandomNumberGenerator, Sendable, CustomStringConvertible {
    /// What it was made with; enough to repeat everything drawn from it.
    package let seed: UInt64
    private var state: UInt64

    package init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// For messages: `#expect(isOrdered, "\(generator)")`.
    package var description: String {
        "seed \(seed)"
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
