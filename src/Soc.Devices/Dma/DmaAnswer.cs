using Soc.Memory;

namespace Soc.Devices.Dma;

/// <summary>The answer to a register access.</summary>
/// <param name="Result">Ok, or Error for a width or alignment that the registers do not have.</param>
/// <param name="Value">What a load reads; 0 after a store.</param>
public readonly record struct DmaAnswer(AccessResult Result, ulong Value);
