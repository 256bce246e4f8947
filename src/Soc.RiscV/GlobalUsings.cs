global using Soc.RiscV.Csr;
global using Soc.RiscV.Decoding;
global using Soc.RiscV.Instructions;
