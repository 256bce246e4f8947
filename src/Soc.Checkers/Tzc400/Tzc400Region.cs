namespace Soc.Checkers.Tzc400;

/// <summary>One programmed region.</summary>
/// <param name="First">First byte address.</param>
/// <param name="Last">Last byte address, inclusive; below <paramref name="First"/> for a region that matches nothing.</param>
/// <param name="Filters">FILTER_EN, bit per filter.</param>
/// <param name="Rights">What it permits.</param>
internal readonly record struct Tzc400Region(ulong First, ulong Last, uint Filters, Tzc400Rights Rights)
{
    /// <summary>Whether the region claims an address on a filter.</summary>
    public bool Claims(int filter, ulong address) => ((Filters >> filter) & 1) != 0 && First <= address && address <= Last;
}
