namespace Soc.Memory;

/// <summary>What an atomic read-modify-write does when a checker refuses one of its two halves (softtlb.md section 4.7).</summary>
public enum AtomicPolicy : byte
{
    /// <summary>
    /// One sink access, of kind store if stores are refused, else of kind load; memory is unchanged and the result is 0.
    /// </summary>
    Refuse,

    /// <summary>
    /// A load, then a store, each with its own verdict: a refused load reads 0 and the store goes on; a refused store is
    /// dropped and the loaded value stands (worldguard.md section 4, Atomics).
    /// </summary>
    LoadThenStore,
}
