using Soc.Memory;

namespace Soc.Tlb;

/// <summary>One kind of one TLB entry, for tests, reports and the sanitizer.</summary>
/// <param name="State">State of the kind.</param>
/// <param name="Section">Where accesses go; null when that is not kept.</param>
/// <param name="Offset">Offset in the section's leaf of the page's first byte.</param>
/// <param name="Hits">Whether the page part of the compare word matches at all.</param>
/// <param name="ForceSlow">Whether the compare word forces the slow path.</param>
/// <param name="NotDirty">Whether the compare word says that a store must be noticed.</param>
public readonly record struct TlbKindView(KindState State, Section? Section, ulong Offset, bool Hits, bool ForceSlow, bool NotDirty);
